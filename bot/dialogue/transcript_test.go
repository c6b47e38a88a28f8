package dialogue_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata; read what changed before you commit it")

// TestTranscripts plays testdata/*.txt. A transcript is blocks of lines that
// happen, "----", and what the engine did, up to an empty line. The verbs are
// in script.do.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(data))
			if got == string(data) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s differs (go test -run Transcripts -update rewrites it):\n%s", file, difference(string(data), got))
		})
	}
}

// difference shows the first lines that differ, and where.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	cut := func(lines []string) string {
		return strings.Join(lines[min(i, len(lines)):min(i+12, len(lines))], "\n")
	}
	return fmt.Sprintf("line %d, want:\n%s\n\ngot:\n%s", i+1, cut(w), cut(g))
}

// play runs a transcript and returns it with what happened.
func play(t *testing.T, text string) string {
	var out strings.Builder
	s := &script{t: t, now: time.Date(2027, 1, 5, 10, 0, 0, 0, time.UTC), kept: map[string]bot.Message{}}
	for block := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n\n") {
		input, _, _ := strings.Cut(block, "\n----")
		s.out.Reset()
		quiet := true
		for line := range strings.SplitSeq(input, "\n") {
			if line != "" && !strings.HasPrefix(line, "#") {
				quiet = false
				s.do(line)
			}
		}
		if out.Len() > 0 {
			out.WriteString("\n")
		}
		out.WriteString(input + "\n")
		if !quiet {
			out.WriteString("----\n" + s.out.String())
		}
	}
	return out.String()
}

// script is a conversation that a transcript drives.
type script struct {
	t     *testing.T
	p     *flows.Pack
	s     dialogue.State
	now   time.Time
	out   strings.Builder
	asked bot.Message            // the newest message with buttons
	kept  map[string]bot.Message // the same, by name, for late presses
	calls []bot.ActionCall
	timer []bot.Timer // the alarms that are set
	facts map[string]string
	texts int
}

// do lets one thing happen.
//
//	pack SPEC               a new conversation with a pack (see readPack)
//	publish SPEC            the conversation goes on with another pack release
//	text WORDS | k=v; ...   the customer writes; flow= is what the matcher is sure of, also
//	                        word=, option=, unsure=A,B, none=A,B, lang=, removed=, id=
//	edit WORDS | id=M; ...  a message is changed
//	long N                  a text of N letters
//	file KIND [WORDS]       a file is sent, with a caption
//	press CHOICE [NAME]     a button of the newest question, or of the one kept as NAME
//	forge FLOW STEP AT NONCE CHOICE   a button that the bot never made
//	keep NAME               remembers the newest question
//	open [PAYLOAD]          the chat is opened; lang= before "|" is the platform's language
//	wait DURATION           time passes, alarms ring
//	ring NAME NONCE         an alarm rings that is not set any more
//	answer OUTCOME [N]      the newest action answers, or the N-th
//	operator KIND k=v; ...  the desk does something: name, at, done, facts, text
//	fact NAME VALUE         what the channel tells with every event from now on
//	start FLOW STEP         StartAt
//	decisive WORDS          whether the text is read at once
//	scope, expects, state   what the outside may ask for
func (s *script) do(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	words, opts := options(rest)
	switch verb {
	case "pack":
		*s = script{t: s.t, now: s.now, kept: map[string]bot.Message{}, p: readPack(s.t, rest)}
	case "publish":
		s.p = readPack(s.t, rest)
	case "fact":
		name, value, _ := strings.Cut(rest, " ")
		if s.facts == nil {
			s.facts = map[string]string{}
		}
		s.facts[name] = value
	case "keep":
		s.kept[rest] = s.asked
	case "wait":
		s.wait(rest)
	case "start":
		flow, step, _ := strings.Cut(rest, " ")
		next, effects := dialogue.StartAt(s.p, s.s, flow, step, s.now)
		s.took(next, effects)
	case "decisive":
		ev := bot.Event{Kind: bot.EventText, Text: words}
		fmt.Fprintf(&s.out, "%v\n", dialogue.Decisive(s.p, s.s, ev))
	case "scope":
		s.scope()
	case "expects":
		fmt.Fprintf(&s.out, "%q\n", dialogue.Expects(s.p, s.s))
	case "state":
		fmt.Fprintf(&s.out, "%s\n", encode(s.t, s.s))
	default:
		s.apply(s.event(verb, words, opts))
	}
}

func (s *script) apply(ev bot.Event) {
	ev.Facts = s.facts
	next, effects := step(s.t, s.p, s.s, ev, s.now)
	s.took(next, effects)
}

// took goes on with a new state and shows what the turn did.
func (s *script) took(next dialogue.State, effects []bot.Effect) {
	s.s = next
	if len(effects) == 0 {
		s.out.WriteString("(nothing)\n")
	}
	for _, e := range effects {
		s.show(e)
		switch {
		case e.Say != nil && len(e.Say.Choices) > 0:
			s.asked = *e.Say
		case e.Kind == bot.EffectArm:
			s.clear(e.Timer.Name)
			s.timer = append(s.timer, *e.Timer)
		case e.Kind == bot.EffectDisarm:
			s.clear(e.Timer.Name)
		case e.Action != nil:
			s.calls = append(s.calls, *e.Action)
		}
	}
	s.standing()
}

func (s *script) clear(timer string) {
	for i, x := range s.timer {
		if x.Name == timer {
			s.timer = append(s.timer[:i], s.timer[i+1:]...)
			return
		}
	}
}

// wait lets time pass and the alarms ring that are due, in order.
func (s *script) wait(d string) {
	span, err := time.ParseDuration(d)
	if err != nil {
		s.t.Fatal(err)
	}
	end := s.now.Add(span)
	for {
		first := -1
		for i, x := range s.timer {
			if !x.At.After(end) && (first < 0 || x.At.Before(s.timer[first].At)) {
				first = i
			}
		}
		if first < 0 {
			s.now = end
			return
		}
		alarm := s.timer[first]
		s.clear(alarm.Name)
		s.now = alarm.At
		s.apply(bot.Event{Kind: bot.EventTimer, Timer: &alarm})
	}
}
