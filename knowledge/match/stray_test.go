package match_test

import (
	"testing"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

// TestStrays: the odd phrase out is named with what pulls it, the others are not.
func TestStrays(t *testing.T) {
	var ex []knowledge.Example
	add := func(id string, texts ...string) {
		for _, x := range texts {
			ex = append(ex, knowledge.Example{Kind: bot.CandidateFlow, ID: id, Lang: "en", Text: x})
		}
	}
	add("password", "I forgot my password", "forgot password", "my password is forgotten", "I do not remember my password")
	add("phone", "I lost my phone", "lost phone", "my phone is lost", "my phone was stolen", "I forgot my password today")
	strays := match.New(ex, match.Options{}).Strays()
	if len(strays) != 1 || ex[strays[0].Example].Text != "I forgot my password today" || strays[0].Rival.ID != "password" || !strays[0].Sure ||
		strays[0].Rival.Phrase != "I forgot my password" {
		t.Errorf("strays: %+v", strays)
	}
	if again := match.New(ex[:len(ex)-1], match.Options{}).Strays(); len(again) != 0 {
		t.Errorf("without it: %+v", again)
	}
}

// TestStraysAreHeldOut compares with matchers that were really trained without
// the phrase. They differ a little, because the weights are then others too.
func TestStraysAreHeldOut(t *testing.T) {
	ex := dialogue.Examples(bundled(t))
	held := map[int]match.Stray{}
	for _, s := range match.New(ex, match.Options{}).Strays() {
		held[s.Example] = s
	}
	same, all := 0, 0
	for i := 0; i < len(ex); i += 37 {
		if ex[i].Kind != bot.CandidateFlow || ex[i].Not {
			continue
		}
		rest := append(append([]knowledge.Example(nil), ex[:i]...), ex[i+1:]...)
		r, err := match.New(rest, match.Options{}).Match(t.Context(), ex[i].Text, knowledge.Scope{Lang: ex[i].Lang})
		if err != nil {
			t.Fatal(err)
		}
		stray := r.Verdict != bot.None && r.Candidates[0].Kind == bot.CandidateFlow && r.Candidates[0].ID != ex[i].ID
		s, ok := held[i]
		all++
		if ok == stray && (!ok || s.Rival.ID == r.Candidates[0].ID) {
			same++
		} else {
			t.Logf("%q: held out %v %s, really %v %+v", ex[i].Text, ok, s.Rival.ID, stray, r.Candidates[0])
		}
	}
	t.Logf("%d of %d phrases judged the same", same, all)
	if same*100 < all*90 {
		t.Errorf("%d of %d phrases are judged the same as by a matcher without them", same, all)
	}
}
