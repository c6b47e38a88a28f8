package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"latchkey/bot"
	"latchkey/bot/channel/terminal"
	"latchkey/bot/dialogue"
)

type chatCmd struct {
	Lang     string `help:"Language to start in; otherwise taken from what you write." placeholder:"LANG"`
	Flows    string `help:"Folder of the pack; the bundled pack when left out." placeholder:"DIR"`
	Articles string `help:"Folder of the articles; the bundled ones with the bundled pack." placeholder:"DIR"`
	At       string `help:"Start at this place instead of the greeting." placeholder:"FLOW[/STEP]"`
	Plain    bool   `help:"Plain lines even in a terminal."`
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
	as, err := articleFolder(c.Articles, c.Flows)
	if err != nil {
		return err
	}
	s := &session{pack: pack, matcher: brain{articles: as, now: e.now}.matcher(pack), now: e.now}
	lang := c.Lang
	if lang == "" {
		lang = localeLang(e.get)
	}
	effects, err := c.open(s, lang)
	if err != nil {
		return err
	}
	first, err := s.shown(effects)
	if err != nil {
		return err
	}
	if in, out, ok := terminals(e); ok && !c.Plain {
		return terminal.Chat(e.ctx, in, out, first, s)
	}
	return c.plain(e, s, first)
}

// open begins the conversation: with the greeting, or at the named place.
func (c *chatCmd) open(s *session, lang string) ([]bot.Effect, error) {
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
	return s.startAt(flow, step), nil
}

// localeLang is the language that the terminal is set to ("ru" for
// "ru_RU.UTF-8"), or "" when it does not tell. The order of the variables is
// that of POSIX (Base Definitions, 8.2).
func localeLang(get func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := get(name)
		if v == "" {
			continue
		}
		lang, _, _ := strings.Cut(v, ".")
		lang, _, _ = strings.Cut(lang, "_")
		if lang == "C" || lang == "POSIX" {
			return ""
		}
		return strings.ToLower(lang)
	}
	return ""
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

func (c *chatCmd) plain(e *env, s *session, first []terminal.Shown) error {
	printShown(e, first)
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
		shown, err := s.Type(e.ctx, line)
		if err != nil {
			return err
		}
		if len(shown) == 0 && s.state.Control != dialogue.ControlBot {
			shown = []terminal.Shown{{Notice: "(the bot is silent: a person has this conversation; \"cancel\" takes it back)"}}
		}
		printShown(e, shown)
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a line is longer than %d KiB; send shorter lines", maxLine>>10)
	}
	return in.Err()
}

// printShown writes what is shown as plain lines, choices numbered.
func printShown(e *env, shown []terminal.Shown) {
	for _, x := range shown {
		if x.Message == nil {
			fmt.Fprintf(e.stdout, "%s\n\n", x.Notice)
			continue
		}
		fmt.Fprintln(e.stdout, terminal.Render(*x.Message, terminal.Style{}))
		for _, c := range terminal.Choices(*x.Message) {
			fmt.Fprintln(e.stdout, "  "+c)
		}
		fmt.Fprintln(e.stdout)
	}
}
