import Matchmaking
import Testing

@Suite struct MatchPolicyTests {
    @Test("the defaults are those of the specification") func defaults() throws {
        let policy = MatchPolicy()
        #expect(policy.rematch == .preferNew && policy.mixedMatch == .immediate && policy.mixedVideo == .any)
        #expect(policy.requeueOnPartnerDisconnect == .client && !policy.allowSameUser)
        #expect(policy.confirmationWindow == .seconds(5))
        try policy.validate()
    }

    @Test("durations out of bounds are refused with the name of the setting") func outOfBounds() {
        var negative = MatchPolicy()
        negative.confirmationWindow = .seconds(-5)
        for (policy, key) in [
            (MatchPolicy.rematch(.cooldown(.seconds(-1))), "rematch"),
            (.mixed(.after(.seconds(86_401))), "mixedMatch"), (negative, "confirmationWindow"),
        ] {
            let error = #expect(throws: MatchPolicy.Invalid.self) { try policy.validate() }
            #expect(error?.key == key)
            #expect(error?.description.hasPrefix("\(key): ") == true)
        }
    }

    @Test("settings are read as operators write them") func texts() {
        #expect(MatchPolicy.Rematch("prefer-new") == .preferNew)
        #expect(MatchPolicy.Rematch("baseline") == .baseline)
        #expect(MatchPolicy.Rematch("cooldown:5000") == .cooldown(.seconds(5)))
        #expect(MatchPolicy.MixedMatch("immediate") == .immediate)
        #expect(MatchPolicy.MixedMatch("never") == .never)
        #expect(MatchPolicy.MixedMatch("after:250") == .after(.milliseconds(250)))
        for text in ["", "cooldown:", "cooldown:-1", "cooldown:86400001", "cooldown:99999999999999999999", "after:1"] {
            #expect(MatchPolicy.Rematch(text) == nil)
        }
        #expect(MatchPolicy.MixedMatch("cooldown:1") == nil)
    }
}
