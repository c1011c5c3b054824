import Testing

/// Publications of Node.js servers with `@socket.io/redis-adapter` 8.3 and of `@socket.io/redis-emitter` 5.1, as captured:
/// the MessagePack bytes, and what they mean as JSON (`$bin` is binary content, `$num` a number that JSON lacks; dates are
/// the strings that clients get).
struct RedisVector: Sendable, CustomTestStringConvertible {
    let title: String
    let hexadecimal: String
    let json: String

    var testDescription: String { title }

    static let all: [RedisVector] = [
        RedisVector(
            title: "classic: io.emit('b', 1, 'two', {three: true, n: null})",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746194a16201a374776f82a57468726565c3a16ec0a36e7370a12f83a572"
                + "6f6f6d7390a665786365707490a5666c61677380",
            json:
                #"["RtEHZP",{"type":2,"data":["b",1,"two",{"three":true,"n":null}],"nsp":"/"},{"rooms":[],"e"#
                + #"xcept":[],"flags":{}}]"#),
        RedisVector(
            title: "classic: io.emit with a binary attachment",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a16281a362696ec403010203a36e7370a12f83a5726f6f6d7390a6"
                + "65786365707490a5666c61677380",
            json:
                #"["RtEHZP",{"type":2,"data":["b",{"bin":{"$bin":"010203"}}],"nsp":"/"},{"rooms":[],"except""#
                + #":[],"flags":{}}]"#),
        RedisVector(
            title: "classic: io.emit with numbers 127 128 65536 -1 -33 1.5 2^40",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746198a1627fcc80ce00010000ffd0dfcb3ff8000000000000cf00000100"
                + "00000000a36e7370a12f83a5726f6f6d7390a665786365707490a5666c61677380",
            json:
                #"["RtEHZP",{"type":2,"data":["b",127,128,65536,-1,-33,1.5,1099511627776],"nsp":"/"},{"rooms"#
                + #"":[],"except":[],"flags":{}}]"#),
        RedisVector(
            title: "classic: io.to('r1').emit('b','hi')",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a26869a36e7370a12f83a5726f6f6d7391a27231a665786365"
                + "707490a5666c61677380",
            json: #"["RtEHZP",{"type":2,"data":["b","hi"],"nsp":"/"},{"rooms":["r1"],"except":[],"flags":{}}]"#),
        RedisVector(
            title: "classic: io.to(['r1','r2']).emit('b','hi')",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a26869a36e7370a12f83a5726f6f6d7392a27231a27232a665"
                + "786365707490a5666c61677380",
            json:
                #"["RtEHZP",{"type":2,"data":["b","hi"],"nsp":"/"},{"rooms":["r1","r2"],"except":[],"flags":"#
                + #"{}}]"#),
        RedisVector(
            title: "classic: io.to(<socket id of c>).emit",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a770726976617465a36e7370a12f83a5726f6f6d7391b45442"
                + "64467a397276304c534d546e766941414142a665786365707490a5666c61677380",
            json:
                #"["RtEHZP",{"type":2,"data":["b","private"],"nsp":"/"},{"rooms":["TBdFz9rv0LSMTnviAAAB"],"e"#
                + #"xcept":[],"flags":{}}]"#),
        RedisVector(
            title: "classic: io.except('r1').emit",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a178a36e7370a12f83a5726f6f6d7390a665786365707491a2"
                + "7231a5666c61677380",
            json: #"["RtEHZP",{"type":2,"data":["b","x"],"nsp":"/"},{"rooms":[],"except":["r1"],"flags":{}}]"#),
        RedisVector(
            title: "classic: socket.broadcast.emit (from a)",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a178a36e7370a12f83a5726f6f6d7390a665786365707491b4"
                + "534f58706c4d784539345638374c2d5141414142a5666c61677380",
            json:
                #"["RtEHZP",{"type":2,"data":["b","x"],"nsp":"/"},{"rooms":[],"except":["SOXplMxE94V87L-QAAA"#
                + #"B"],"flags":{}}]"#),
        RedisVector(
            title: "classic: io.volatile.emit",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a178a36e7370a12f83a5726f6f6d7390a665786365707490a5"
                + "666c61677381a8766f6c6174696c65c3",
            json:
                #"["RtEHZP",{"type":2,"data":["b","x"],"nsp":"/"},{"rooms":[],"except":[],"flags":{"volatile"#
                + #"":true}}]"#),
        RedisVector(
            title: "classic: io.compress(false).emit",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a178a36e7370a12f83a5726f6f6d7390a665786365707490a5"
                + "666c61677381a8636f6d7072657373c2",
            json:
                #"["RtEHZP",{"type":2,"data":["b","x"],"nsp":"/"},{"rooms":[],"except":[],"flags":{"compress"#
                + #"":false}}]"#),
        RedisVector(
            title: "classic: emit undefined, {a:undefined,b:1,f(){}}, Date(0), Date(1.5e12+1), NaN, ArrayBuffer[5,6]",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746197a162c081a16201d6ff00000000d7ff003d090059682f00cb7ff800"
                + "0000000000c4020506a36e7370a12f83a5726f6f6d7390a665786365707490a5666c61677380",
            json:
                #"["RtEHZP",{"type":2,"data":["b",null,{"b":1},"1970-01-01T00:00:00.000Z","2017-07-14T02:40:"#
                + #"00.001Z",{"$num":"NaN"},{"$bin":"0506"}],"nsp":"/"},{"rooms":[],"except":[],"flags":{}}]"#),
        RedisVector(
            title: "classic: remoteSocket(in r1).emit('b','x')",
            hexadecimal:
                "93a6527445485a5083a47479706502a46461746192a162a178a36e7370a12f83a5726f6f6d7391b4544264467a397276"
                + "304c534d546e766941414142a665786365707490a5666c61677381b465787065637453696e676c65526573706f6e7365"
                + "c3",
            json:
                #"["RtEHZP",{"type":2,"data":["b","x"],"nsp":"/"},{"rooms":["TBdFz9rv0LSMTnviAAAB"],"except""#
                + #":[],"flags":{"expectSingleResponse":true}}]"#),
        RedisVector(
            title: "classic: remoteSocket(in r1).timeout(1000).emit('ask','?',cb)",
            hexadecimal:
                "85a3756964a6527445485a50a9726571756573744964a62d3834707771a47479706507a67061636b657483a474797065"
                + "02a46461746192a361736ba13fa36e7370a12fa46f70747383a5726f6f6d7391b4544264467a397276304c534d546e76"
                + "6941414142a665786365707490a5666c61677382b465787065637453696e676c65526573706f6e7365c3a774696d656f"
                + "7574cd03e8",
            json:
                #"{"uid":"RtEHZP","requestId":"-84pwq","type":7,"packet":{"type":2,"data":["ask","?"],"nsp":"#
                + #""/"},"opts":{"rooms":["TBdFz9rv0LSMTnviAAAB"],"except":[],"flags":{"expectSingleResponse":"#
                + #"true,"timeout":1000}}}"#),
        RedisVector(
            title: "classic: remoteSocket(in r1).timeout(1000).emit('ask','?',cb)",
            hexadecimal: "83a47479706509a9726571756573744964a62d3834707771a67061636b6574ab706f6e672066726f6d2063",
            json: #"{"type":9,"requestId":"-84pwq","packet":"pong from c"}"#),
        RedisVector(
            title: "classic: emit in namespace /custom",
            hexadecimal:
                "93a63552592d6f3783a47479706502a46461746192a162a163a36e7370a72f637573746f6d83a5726f6f6d7390a66578"
                + "6365707490a5666c61677380",
            json: #"["5RY-o7",{"type":2,"data":["b","c"],"nsp":"/custom"},{"rooms":[],"except":[],"flags":{}}]"#),
        RedisVector(
            title: "classic: io.timeout(1000).emit('ask','?', ack)",
            hexadecimal:
                "85a3756964a6527445485a50a9726571756573744964a6446153524a45a47479706507a67061636b657483a474797065"
                + "02a46461746192a361736ba13fa36e7370a12fa46f70747383a5726f6f6d7390a665786365707490a5666c61677381a7"
                + "74696d656f7574cd03e8",
            json:
                #"{"uid":"RtEHZP","requestId":"DaSRJE","type":7,"packet":{"type":2,"data":["ask","?"],"nsp":"#
                + #""/"},"opts":{"rooms":[],"except":[],"flags":{"timeout":1000}}}"#),
        RedisVector(
            title: "classic: io.timeout(1000).emit('ask','?', ack)",
            hexadecimal: "83a47479706509a9726571756573744964a6446153524a45a67061636b6574ab706f6e672066726f6d2063",
            json: #"{"type":9,"requestId":"DaSRJE","packet":"pong from c"}"#),
        RedisVector(
            title: "classic: io.to('r1').timeout(1000).emit('ask', binary, ack)",
            hexadecimal:
                "85a3756964a6527445485a50a9726571756573744964a6414847377655a47479706507a67061636b657483a474797065"
                + "02a46461746192a361736bc40109a36e7370a12fa46f70747383a5726f6f6d7391a27231a665786365707490a5666c61"
                + "677381a774696d656f7574cd03e8",
            json:
                #"{"uid":"RtEHZP","requestId":"AHG7vU","type":7,"packet":{"type":2,"data":["ask",{"$bin":"09"#
                + #""}],"nsp":"/"},"opts":{"rooms":["r1"],"except":[],"flags":{"timeout":1000}}}"#),
        RedisVector(
            title: "classic: io.to('r1').timeout(1000).emit('ask', binary, ack)",
            hexadecimal: "83a47479706509a9726571756573744964a6414847377655a67061636b6574ab706f6e672066726f6d2063",
            json: #"{"type":9,"requestId":"AHG7vU","packet":"pong from c"}"#),
        RedisVector(
            title: "classic: emitter.emit('b','from emitter')",
            hexadecimal:
                "93a7656d697474657283a47479706502a46461746192a162ac66726f6d20656d6974746572a36e7370a12f83a5726f6f"
                + "6d7390a5666c61677380a665786365707490",
            json:
                #"["emitter",{"type":2,"data":["b","from emitter"],"nsp":"/"},{"rooms":[],"flags":{},"except"#
                + #"":[]}]"#),
        RedisVector(
            title: "classic: emitter.to('r2').except('zz').volatile.compress(false).emit",
            hexadecimal:
                "93a7656d697474657283a47479706502a46461746193a162a165c40107a36e7370a12f83a5726f6f6d7391a27232a566"
                + "6c61677382a8766f6c6174696c65c3a8636f6d7072657373c2a665786365707491a27a7a",
            json:
                #"["emitter",{"type":2,"data":["b","e",{"$bin":"07"}],"nsp":"/"},{"rooms":["r2"],"flags":{"v"#
                + #"olatile":true,"compress":false},"except":["zz"]}]"#),
        RedisVector(
            title: "classic: emitter.of('/custom').emit",
            hexadecimal:
                "93a7656d697474657283a47479706502a46461746192a162a165a36e7370a72f637573746f6d83a5726f6f6d7390a566"
                + "6c61677380a665786365707490",
            json:
                #"["emitter",{"type":2,"data":["b","e"],"nsp":"/custom"},{"rooms":[],"flags":{},"except":[]}"#
                + #"]"#),
        RedisVector(
            title: "sharded: io.emit with a binary attachment",
            hexadecimal:
                "84a47479706503a46461746182a67061636b657482a47479706502a46461746192a16281a362696ec403010203a46f70"
                + "747383a5726f6f6d7390a665786365707490a5666c61677380a3756964b061633862393363653333653338623266a36e"
                + "7370a12f",
            json:
                #"{"type":3,"data":{"packet":{"type":2,"data":["b",{"bin":{"$bin":"010203"}}]},"opts":{"room"#
                + #"s":[],"except":[],"flags":{}}},"uid":"ac8b93ce33e38b2f","nsp":"/"}"#),
        RedisVector(
            title: "sharded: emit undefined, {a:undefined,b:1,f(){}}, Date(0), Date(1.5e12+1), NaN, ArrayBuffer[5,6]",
            hexadecimal:
                "84a47479706503a46461746182a67061636b657482a47479706502a46461746197a162c081a16201d6ff00000000d7ff"
                + "003d090059682f00cb7ff8000000000000c4020506a46f70747383a5726f6f6d7390a665786365707490a5666c616773"
                + "80a3756964b061633862393363653333653338623266a36e7370a12f",
            json:
                #"{"type":3,"data":{"packet":{"type":2,"data":["b",null,{"b":1},"1970-01-01T00:00:00.000Z",""#
                + #"2017-07-14T02:40:00.001Z",{"$num":"NaN"},{"$bin":"0506"}]},"opts":{"rooms":[],"except":[],"#
                + #""flags":{}}},"uid":"ac8b93ce33e38b2f","nsp":"/"}"#),
        RedisVector(
            title: "sharded: io.to('r1').timeout(1000).emit('ask', binary, ack)",
            hexadecimal:
                "84a47479706503a46461746183a67061636b657482a47479706502a46461746192a361736bc40109a972657175657374"
                + "4964b038623736653530633765326339356165a46f70747383a5726f6f6d7391a27231a665786365707490a5666c6167"
                + "7381a774696d656f7574cd03e8a3756964b061633862393363653333653338623266a36e7370a12f",
            json:
                #"{"type":3,"data":{"packet":{"type":2,"data":["ask",{"$bin":"09"}]},"requestId":"8b76e50c7e"#
                + #"2c95ae","opts":{"rooms":["r1"],"except":[],"flags":{"timeout":1000}}},"uid":"ac8b93ce33e38"#
                + #"b2f","nsp":"/"}"#),
        RedisVector(
            title: "sharded: serverSideEmit with binary",
            hexadecimal:
                "84a47479706509a46461746181a67061636b657492a568656c6c6fc4020102a3756964b0616338623933636533336533"
                + "38623266a36e7370a12f",
            json: #"{"type":9,"data":{"packet":["hello",{"$bin":"0102"}]},"uid":"ac8b93ce33e38b2f","nsp":"/"}"#),
        RedisVector(
            title: "classic-specific: SPECIFIC=1 ask-all",
            hexadecimal:
                "85a3756964a64d4d645a4579a9726571756573744964a66e5f676c4f69a47479706507a67061636b657483a474797065"
                + "02a46461746192a361736b01a36e7370a12fa46f70747383a5726f6f6d7390a665786365707490a5666c61677381a774"
                + "696d656f7574cd03e8",
            json:
                #"{"uid":"MMdZEy","requestId":"n_glOi","type":7,"packet":{"type":2,"data":["ask",1],"nsp":"/"#
                + #""},"opts":{"rooms":[],"except":[],"flags":{"timeout":1000}}}"#),
        RedisVector(
            title: "classic-specific: SPECIFIC=1 ask-all",
            hexadecimal: "83a47479706509a9726571756573744964a66e5f676c4f69a67061636b6574a4706f6e67",
            json: #"{"type":9,"requestId":"n_glOi","packet":"pong"}"#),
        RedisVector(
            title: "classic-specific: node2 stopped with SIGSTOP: the requests below must time out",
            hexadecimal:
                "85a3756964a64d4d645a4579a9726571756573744964a6423741493154a47479706507a67061636b657483a474797065"
                + "02a46461746192a361736b01a36e7370a12fa46f70747383a5726f6f6d7390a665786365707490a5666c61677381a774"
                + "696d656f7574cd03e8",
            json:
                #"{"uid":"MMdZEy","requestId":"B7AI1T","type":7,"packet":{"type":2,"data":["ask",1],"nsp":"/"#
                + #""},"opts":{"rooms":[],"except":[],"flags":{"timeout":1000}}}"#),
        RedisVector(
            title: "classic-specific: node2 stopped with SIGSTOP: the requests below must time out",
            hexadecimal: "83a47479706509a9726571756573744964a6423741493154a67061636b6574a4706f6e67",
            json: #"{"type":9,"requestId":"B7AI1T","packet":"pong"}"#),
    ]
}
