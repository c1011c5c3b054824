/// Lua: matching, transitions, absences, whole nodes. Function by function the same as `MatchMachine`.
extension MatchScript {
    static let matching = """
        -- From when on two may be joined: 0 for at once, nil for never.
        local function earliestTime(a, b, mixed, strict)
            local first, second = person(a), person(b)
            if not allowSameUser and first.user and first.user == second.user then return nil end
            local time = 0
            if mixed and mixedAfter < 0 then return nil end
            if mixed and mixedAfter > 0 then time = first.number + mixedAfter end
            local ended = math.max(first.former == b and first.ended or -1, second.former == a and second.ended or -1)
            if ended < 0 then return time end
            if rematch < 0 then return not strict and time or nil end
            return rematch > 0 and math.max(time, ended + rematch) or time
        end

        -- When a pair of the pool at hand, and of any pool looked at, may become possible.
        local upcoming, soonest

        local function findCouple(pool, fresh)
            local video = candidates(queueNamed(pool, true), fresh)
            local text = candidates(queueNamed(pool, false), fresh)
            if #video + #text < 2 then return nil end
            local all = {}
            for _, id in ipairs(video) do table.insert(all, id) end
            for _, id in ipairs(text) do table.insert(all, id) end
            table.sort(all, byPlace)
            for _, strict in ipairs(rematch < 0 and {true, false} or {true}) do
                for kind, list in ipairs({video, text, all}) do
                    local mixed = kind == 3
                    for i = 1, #list do
                        for j = i + 1, #list do
                            if (person(list[i]).video ~= person(list[j]).video) == mixed then
                                local time = earliestTime(list[i], list[j], mixed, strict)
                                if time and time <= now then return list[i], list[j] end
                                if time then upcoming = math.min(upcoming or time, time) end
                            end
                        end
                    end
                end
            end
        end

        local function join(a, b)
            local first, second = person(a), person(b)
            local withVideo = first.video and second.video
            if anyVideo then withVideo = first.video or second.video end
            local pair = nextNumber()
            for id, partner in pairs({[a] = b, [b] = a}) do
                dequeue(id)
                local p = change(id)
                p.state, p.number, p.partner, p.withVideo = 'chatting', pair, partner, withVideo
            end
            tell('start', a, b, digits(pair), withVideo and 1 or 0)
            tell('start', b, a, digits(pair), withVideo and 1 or 0)
        end

        local function matchIn(pool, fresh)
            local a, b
            repeat
                upcoming = nil
                a, b = findCouple(pool, fresh)
                if a then join(a, b) end
            until not a
            if rematch <= 0 and mixedAfter <= 0 then return end
            if upcoming then
                soonest = math.min(soonest or upcoming, upcoming)
                redis.call('ZADD', dueTimes, digits(upcoming), pool)
                redis.call('PEXPIRE', dueTimes, lifetime)
            else
                redis.call('ZREM', dueTimes, pool)
            end
        end

        local function match(fresh)
            local matched = {}
            for _, id in ipairs(fresh) do
                local pool = person(id).pool or ''
                if not matched[pool] then matchIn(pool, fresh) end
                matched[pool] = true
            end
        end

        -- Pools in which the passing of time alone may have made a pair possible; many are left to the next tick.
        local function matchDue()
            for _, pool in ipairs(redis.call('ZRANGEBYSCORE', dueTimes, '-inf', digits(now), 'LIMIT', 0, 32)) do
                matchIn(pool, {})
            end
        end

        """

    static let separation = """
        -- Ends the chat of a participant, if it is in one. Returns the former partner, if it is known.
        local function separate(id)
            local p = person(id)
            if not p or p.state ~= 'chatting' then return nil end
            local pair, partner, withVideo = p.number, p.partner, p.withVideo
            for one, other in pairs({[id] = partner, [partner] = id}) do
                local q = change(one)
                if q then
                    q.state, q.number, q.partner, q.withVideo = 'idle', nil, nil, nil
                    q.former, q.ended = other, now
                end
            end
            local q = person(partner)
            if q and q.away then
                q.unheard = {pair = pair, partner = id, withVideo = withVideo}
            else
                tell('left', partner, id, digits(pair))
            end
            return q and partner
        end

        local function enqueueByServer(id)
            enqueue(id, nextNumber())
            person(id).confirmableUntil = now + confirmationWindow
            if not person(id).away then tellWaiting(id) end
        end

        local function requeueSurvivor(id)
            if not requeueByServer or not id then return end
            enqueueByServer(id)
            match({id})
        end

        local function disconnect(id)
            local partner = separate(id)
            dequeue(id)
            forget(id)
            requeueSurvivor(partner)
        end

        """

    static let transitions = """
        local function find(id, user, video, pool)
            resumeIfAway(id, user)
            local p = changeOrCreate(id)
            local confirms = now < p.confirmableUntil
            p.user, p.confirmableUntil = user, 0
            if confirms and p.state == 'chatting' then
                p.video, p.pool = video, pool
                return
            end
            local place = confirms and p.state == 'waiting' and p.number or nextNumber()
            separate(id)
            dequeue(id)
            p.video, p.pool = video, pool
            enqueue(id, place)
            tellWaiting(id)
            match({id})
        end

        local function nextPartner(id, user, pair)
            resumeIfAway(id, user)
            local p = changeOrCreate(id)
            if pair and p.state == 'chatting' and digits(p.number) ~= pair then return end
            p.user = user
            local partner = separate(id)
            if p.state == 'idle' then enqueue(id, nextNumber()) end
            if partner then enqueueByServer(partner) end
            tellWaiting(id)
            match({id, partner})
        end

        local function leave(id)
            resumeIfAway(id, person(id) and person(id).user)
            separate(id)
            dequeue(id)
        end

        local function suspend(id)
            if grace == 0 then return disconnect(id) end
            if not person(id) or person(id).away then return end
            goAway(id, false)
            tellPartner(id)
        end

        """

    static let nodes = """
        local function restore(id, user, video, pool, place)
            resumeIfAway(id, user)
            local p = changeOrCreate(id)
            if p.state ~= 'idle' then return end
            p.user, p.video, p.pool = user, video, pool
            enqueue(id, place)
            match({id})
        end

        local function snapshot()
            local found = redis.call('HGETALL', hashOf(own))
            for i = 1, #found, 2 do
                local p = cmsgpack.unpack(found[i + 1])
                if p.away then
                    tellNode(own, 'state', found[i], 'away')
                elseif p.partner then
                    tellNode(own, 'state', found[i], p.state, digits(p.number), p.partner, p.withVideo and 1 or 0)
                    if grace > 0 then
                        tellNode(own, 'presence', found[i], p.partner, digits(p.number), presenceOf(p.partner))
                    end
                else
                    tellNode(own, 'state', found[i], p.state, p.number and digits(p.number))
                end
            end
            tellNode(own, 'snapshot', number)
        end

        -- They live on with nobody, until somebody has them back or their time is over.
        local function suspendAll(found, lost)
            local chats = {}
            for i = 1, #found, 2 do
                local id = found[i]
                if tagOf(id) ~= lost then homes[id] = lost end
                move(id, nobody)
                goAway(id, true)
                if person(id).state == 'chatting' then table.insert(chats, id) end
            end
            -- Everybody lost is away before a survivor is told.
            table.sort(chats, byPlace)
            for _, id in ipairs(chats) do tellPartner(id) end
        end

        local function nodeLost(lost)
            if redis.call('ZSCORE', KEYS[1], lost) then return 0 end
            local found = redis.call('HRANDFIELD', hashOf(lost), 200, 'WITHVALUES')
            for i = 1, #found, 2 do people[found[i]] = cmsgpack.unpack(found[i + 1]) end
            if grace > 0 then
                suspendAll(found, lost)
                return redis.call('HLEN', hashOf(lost))
            end
            local broken = {}
            for i = 1, #found, 2 do
                local id = found[i]
                local p = person(id)
                dequeue(id)
                if p.state == 'chatting' and tagOf(p.partner) ~= lost then table.insert(broken, id) end
            end
            -- Everybody lost is out of the queue before a survivor may be paired again.
            table.sort(broken, byPlace)
            for _, id in ipairs(broken) do requeueSurvivor(separate(id)) end
            for i = 1, #found, 2 do forget(found[i]) end
            return redis.call('HLEN', hashOf(lost)) - #found / 2
        end

        -- Gives up who was away too long; many are left to the next tick.
        local function endAbsences()
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', absences, '-inf', digits(now), 'LIMIT', 0, 32)) do
                if person(id) then disconnect(id) else redis.call('ZREM', absences, id) end
            end
        end

        local function tick()
            local function earliest(key) return tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]) end
            if grace > 0 then endAbsences() end
            matchDue()
            soonest = earliest(dueTimes)
            local absence = grace > 0 and earliest(absences)
            if absence then soonest = math.min(soonest or absence, absence) end
        end

        """

    static let dispatch = """
        local user, video, pool = ARGV[14], ARGV[15] == '1', ARGV[16]
        if user == '' then user = nil end
        if pool == '' then pool = nil end
        local result = 0
        if operation == 'find' then
            find(subject, user, video, pool)
        elseif operation == 'next' then
            nextPartner(subject, user, ARGV[15] ~= '' and ARGV[15])
        elseif operation == 'leave' then
            leave(subject)
        elseif operation == 'disconnect' then
            if person(subject) and isMine(subject) then disconnect(subject) end
        elseif operation == 'suspend' then
            if person(subject) and isMine(subject) then suspend(subject) end
        elseif operation == 'resume' then
            resume(subject, user)
        elseif operation == 'tick' then
            tick()
        elseif operation == 'restore' then
            restore(subject, user, video, pool, tonumber(ARGV[17]))
        elseif operation == 'snapshot' then
            snapshot()
        elseif operation == 'nodeLost' then
            result = nodeLost(subject)
        end
        if subject ~= '' then tellReply() end
        if soonest then tellNode(own, 'again', digits(math.max(0, soonest - now))) end
        save()
        publish()
        return result
        """
}
