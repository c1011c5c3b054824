/// Lua: those who lost their connection and may come back. Function by function the same as `MatchMachine`.
extension MatchScript {
    static let absence = """
        -- Whether it is at this node: it may have come back on another one, of which this one has not heard.
        local function isMine(id)
            local home = homeOf(id)
            return home == own or home == nobody
        end

        local function presenceOf(id)
            local p = person(id)
            if not p or not p.away then return 'here' end
            return p.lost and 'lost' or 'away'
        end

        -- Tells somebody about the partner, unless it is away itself.
        local function tellAbout(id, partner)
            local p = person(id)
            if not p or p.away or p.state ~= 'chatting' then return end
            tell('presence', id, partner, digits(p.number), presenceOf(partner))
        end

        local function tellPartner(id)
            local p = person(id)
            if p.state == 'chatting' then tellAbout(p.partner, id) end
        end

        -- It keeps its state, and leaves the queue. Who is away already does not get more time.
        local function goAway(id, isLost)
            local p = change(id)
            if p.away then
                p.lost = isLost
                return
            end
            p.away, p.lost = now + grace, isLost
            if p.state == 'waiting' then redis.call('ZREM', queueOf(p), id) end
            redis.call('ZADD', absences, digits(p.away), id)
            redis.call('PEXPIRE', absences, lifetime)
            soonest = math.min(soonest or p.away, p.away)
        end

        local function tellResumed(id, p)
            local function told(...) tell('resumed', id, p.video and 1 or 0, '=' .. (p.pool or ''), ...) end
            if p.unheard then
                told('chatting', digits(p.unheard.pair), p.unheard.partner, p.unheard.withVideo and 1 or 0)
                tell('left', id, p.unheard.partner, digits(p.unheard.pair))
                if p.state == 'waiting' then tellWaiting(id) end
            elseif p.state == 'chatting' then
                told('chatting', digits(p.number), p.partner, p.withVideo and 1 or 0)
            else
                told(p.state, p.number and digits(p.number))
            end
        end

        -- A participant is back, at this node.
        local function resume(id, user)
            local p = change(id)
            if not p then return tellNode(own, 'resumed', id) end
            local wasAway, isSameUser = p.away, p.user == user
            -- A node that was given up may still be there: it leaves, or stood still.
            local former = homeOf(id) == nobody and tagOf(id) or homeOf(id)
            if former ~= own then tellNode(former, 'adopted', id) end
            move(id, own)
            if wasAway then redis.call('ZREM', absences, id) end
            p.away, p.lost, p.user = nil, nil, user
            tellResumed(id, p)
            p.unheard = nil
            if p.state == 'chatting' then
                local partner, pair = p.partner, p.number
                if isSameUser then
                    tellAbout(id, partner)
                    if wasAway then tellAbout(partner, id) end
                else
                    -- Nobody goes on with a chat that another user began.
                    separate(id)
                    tell('left', id, partner, digits(pair))
                end
            elseif p.state == 'waiting' and wasAway then
                enqueue(id, p.number)
                match({id})
            end
        end

        -- Who asks for something is back.
        local function resumeIfAway(id, user)
            local p = person(id)
            if p and p.away then resume(id, user) end
        end

        """
}
