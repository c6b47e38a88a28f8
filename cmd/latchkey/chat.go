package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"latchkey/bot"
	"latchkey/bot/channel/terminal"
	"latchkey/bot/dialogue"
)

type chatCmd struct {
	Lang  string `help:"Language to start in; otherwise taken from what you write." placeholder:"LANG"`
	Flows string `help:"Folder of the pack; the bundled pack when left out." placeholder:"DIR"`
	At    string `help:"Start at this place instead of the greeting." placeholder:"FLOW[/STEP]"`
	Plain bool   `help:"Plain lines even in a terminal."`
}

// Run holds a conversation. In a terminal it is interactive; otherwise plain
// lines come in and plain lines with numbered choices go out.
func (c *chatCmd) Run(e *env) error {
	pack, err := loadPack(e, c.Flows)
	if err != nil {
		return err
	}
	if c.Lang != "" && !pack.Speaks(c.Lang) {
		return fmt.Errorf("the pack does not speak %q; it speaks %s", c.Lang, strings.Join(pack.Languages(), ", "))
	}
	s := &session{pack: pack, matcher: newMatcher(pack), now: e.now}
	first, err := c.open(s)
	if err != nil {
		return err
	}
	if in, out, ok := terminals(e); ok && !c.Plain {
		return runInteractive(e, s, first, in, out)
	}
	return c.plain(e, s, first)
}

// open begins the conversation: with the greeting, or at the named place.
func (c *chatCmd) open(s *session) ([]bot.Effect, error) {
	lang := c.Lang
	if lang == "" {
		lang = s.pack.Base
	}
	hello := bot.Event{Kind: bot.EventOpened, Lang: lang, Facts: map[string]string{"channel": "terminal"}}
	if c.At == "" {
		return s.apply(hello), nil
	}
	flow, step, _ := strings.Cut(c.At, "/")
	f := s.pack.Flows[flow]
	if f == nil {
		return nil, fmt.Errorf("there is no flow %q; the flows are %s", flow, strings.Join(s.pack.Order, ", "))
	}
	if step == "" {
		step = f.First()
	}
	if f.Steps[step] == nil {
		return nil, fmt.Errorf("flow %q has no step %q; its steps are %s", flow, step, strings.Join(f.Order, ", "))
	}
	s.apply(hello)
	state, effects := dialogue.StartAt(s.pack, s.state, flow, step, s.now())
	s.state = state
	return effects, nil
}

// terminals are the input and output as terminals, when both are.
func terminals(e *env) (in, out *os.File, ok bool) {
	in, okIn := e.stdin.(*os.File)
	out, okOut := e.stdout.(*os.File)
	if !okIn || !okOut {
		return nil, nil, false
	}
	return in, out, term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
}

// maxLine is the longest line read from a pipe, in bytes.
const maxLine = 1 << 20

func (c *chatCmd) plain(e *env, s *session, effects []bot.Effect) error {
	if err := printEffects(e.stdout, effects); err != nil {
		return err
	}
	in := bufio.NewScanner(e.stdin)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	for in.Scan() {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		line := terminal.Clean(strings.TrimSpace(in.Text()))
		if line == "" {
			continue
		}
		effects, err := s.text(e.ctx, line)
		if err != nil {
			return fmt.Errorf("read the message: %w", err)
		}
		if err := printEffects(e.stdout, effects); err != nil {
			return err
		}
		if len(effects) == 0 || s.state.Control != dialogue.ControlBot && !says(effects) {
			fmt.Fprintln(e.stdout, "(the bot is silent: a person has this conversation; \"cancel\" takes it back)")
		}
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a line is longer than %d KiB; send shorter lines", maxLine>>10)
	}
	return in.Err()
}

func says(effects []bot.Effect) bool {
	for _, e := range effects {
		if e.Kind == bot.EffectSay || e.Kind == bot.EffectHandOff {
			return true
		}
	}
	return false
}

// printEffects shows a turn as plain lines.
func printEffects(w io.Writer, effects []bot.Effect) error {
	for _, ef := range effects {
		switch ef.Kind {
		case bot.EffectSay:
			fmt.Fprintln(w, terminal.Render(*ef.Say, terminal.Style{}))
			for _, c := range terminal.Choices(*ef.Say) {
				fmt.Fprintln(w, "  "+c)
			}
			fmt.Fprintln(w)
		case bot.EffectHandOff:
			text, err := packetText(ef.HandOff)
			if err != nil {
				return fmt.Errorf("write the packet: %w", err)
			}
			fmt.Fprintf(w, "--- handed to the operator queue %q with this packet ---\n%s\n\n", ef.HandOff.Queue, text)
		case bot.EffectClose:
			fmt.Fprintf(w, "--- conversation closed: %s ---\n\n", ef.Close.Outcome)
		}
	}
	return nil
}
