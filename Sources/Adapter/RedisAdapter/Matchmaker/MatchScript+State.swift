import Matchmaking

/// Lua: arguments, records of participants, publications, the queue.
extension MatchScript {
    static let prelude = """
        local base, inbox, own = ARGV[1], ARGV[2], ARGV[3]
        local rematch, mixedAfter = tonumber(ARGV[4]), tonumber(ARGV[5])
        local anyVideo, requeueByServer, allowSameUser = ARGV[6] == '1', ARGV[7] == '1', ARGV[8] == '1'
        local confirmationWindow, grace = tonumber(ARGV[9]), tonumber(ARGV[10])
        local number, operation, subject = ARGV[11], ARGV[12], ARGV[13]
        local window = \(MatchMachine.window)
        local dueTimes, absences, moved = base .. ':due', base .. ':away', base .. ':moved'
        -- Home of those whose node is lost.
        local nobody = 'lost'

        -- A node whose lease is over changes nothing any more, except that it may clean up (also after itself).
        if operation ~= 'nodeLost' and not redis.call('ZSCORE', KEYS[1], own) then
            return redis.error_reply('LEASE of ' .. own .. ' is over')
        end

        local function digits(number) return string.format('%.0f', number) end
        local function tagOf(id) return string.sub(id, 1, 6) end

        local lastNumber
        local function nextNumber()
            lastNumber = math.max((lastNumber or tonumber(redis.call('GET', KEYS[4]) or 0)) + 1, now)
            return lastNumber
        end

        """

    /// A record: state (`idle`, `waiting`, `chatting`), number (place or pair), partner, withVideo (of the pair),
    /// video (the wish), pool (none: the common one), user, confirmableUntil, former (last partner), ended (that pair);
    /// while it is away: away (until when it may come back), lost (its node, too), unheard (pair that ended meanwhile).
    ///
    /// Its home is the node that it is connected to, or was: the one that its id names, or that it came back on.
    static let records = """
        local people, changed, homes = {}, {}, {}

        local function hashOf(tag) return base .. ':node:' .. tag end

        local function read(id, home)
            local packed = redis.call('HGET', hashOf(home), id)
            return packed and cmsgpack.unpack(packed) or false
        end

        local function person(id)
            if people[id] == nil then
                people[id] = read(id, tagOf(id))
                local home = not people[id] and grace > 0 and redis.call('HGET', moved, id)
                if home then
                    people[id] = read(id, home)
                    homes[id] = people[id] and home or nil
                end
            end
            return people[id] or nil
        end

        -- Of somebody who has been looked up.
        local function homeOf(id) return homes[id] or tagOf(id) end

        local function change(id)
            changed[id] = true
            return person(id)
        end

        local function forget(id)
            if people[id] and people[id].away then redis.call('ZREM', absences, id) end
            if homes[id] then redis.call('HDEL', moved, id) end
            changed[id] = true
            people[id] = false
        end

        local function move(id, home)
            if homeOf(id) == home then return end
            redis.call('HDEL', hashOf(homeOf(id)), id)
            if home == tagOf(id) then
                redis.call('HDEL', moved, id)
                homes[id] = nil
            else
                redis.call('HSET', moved, id, home)
                redis.call('PEXPIRE', moved, lifetime)
                homes[id] = home
            end
            changed[id] = true
        end

        local function changeOrCreate(id)
            if not change(id) then
                people[id] = {state = 'idle', video = false, confirmableUntil = 0}
                move(id, own)
            end
            return people[id]
        end

        local function queueNamed(pool, video)
            if pool == '' then return video and KEYS[2] or KEYS[3] end
            return base .. ':queue:' .. pool .. (video and ':video' or ':text')
        end

        local function queueOf(p) return queueNamed(p.pool or '', p.video) end

        -- A key that may be new gets an expiry: a hash with a new member, the queue of who waits at the end.
        local function save()
            for id in pairs(changed) do
                local hash, p = hashOf(homeOf(id)), people[id]
                if p then
                    local isNew = redis.call('HSET', hash, id, cmsgpack.pack(p)) == 1
                    if isNew then redis.call('PEXPIRE', hash, lifetime) end
                    if p.state == 'waiting' then redis.call('PEXPIRE', queueOf(p), lifetime) end
                else
                    redis.call('HDEL', hash, id)
                end
            end
            if lastNumber then redis.call('SET', KEYS[4], digits(lastNumber), 'PX', lifetime) end
        end

        """

    static let publications = """
        local lines = {}

        local function tellNode(tag, ...)
            lines[tag] = lines[tag] or {}
            table.insert(lines[tag], table.concat({...}, ' '))
        end

        local function tell(event, id, ...) tellNode(homeOf(id), event, id, ...) end

        local function tellWaiting(id) tell('waiting', id, digits(person(id).number)) end

        local function tellReply()
            if number == '0' then return end
            local p = person(subject)
            local state = p and p.state or 'idle'
            tellNode(own, 'reply', number, subject, state, state == 'chatting' and digits(p.number) or nil)
        end

        local function publish()
            for tag, list in pairs(lines) do
                redis.call('PUBLISH', inbox .. tag, table.concat(list, '\\n'))
            end
        end

        """

    static let queue = """
        local function enqueue(id, place)
            local p = change(id)
            p.state, p.number = 'waiting', place
            if not p.away then redis.call('ZADD', queueOf(p), digits(place), id) end
        end

        local function dequeue(id)
            local p = person(id)
            if not p or p.state ~= 'waiting' then return end
            change(id)
            p.state, p.number = 'idle', nil
            redis.call('ZREM', queueOf(p), id)
        end

        -- The first of a queue. Entries without a record (evicted, say) are dropped.
        local function headOf(key)
            local found, sound
            repeat
                found, sound = redis.call('ZRANGE', key, 0, window - 1), true
                for _, id in ipairs(found) do
                    local p = person(id)
                    if not p or p.state ~= 'waiting' or p.away or queueOf(p) ~= key then
                        redis.call('ZREM', key, id)
                        sound = false
                    end
                end
            until sound
            return found
        end

        local function byPlace(a, b) return person(a).number < person(b).number end

        -- The head of a queue, and those of the newly queued that stand behind it.
        local function candidates(key, fresh)
            local found = headOf(key)
            if #found < window then return found end
            local last, behind = person(found[window]), {}
            for _, id in ipairs(fresh) do
                local p = person(id)
                if p.state == 'waiting' and not p.away and queueOf(p) == key and p.number > last.number then
                    table.insert(behind, id)
                end
            end
            table.sort(behind, byPlace)
            for _, id in ipairs(behind) do table.insert(found, id) end
            return found
        end

        """
}
