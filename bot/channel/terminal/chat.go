package terminal

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"latchkey/bot"
)

// Shown is one thing to put on the screen: a message of the bot, or a notice
// of the program about the conversation.
type Shown struct {
	Message *bot.Message
	Notice  string
}

// Partner is who answers in a chat.
type Partner interface {
	// Type is called with what the customer typed, without line breaks and
	// control characters.
	Type(ctx context.Context, text string) ([]Shown, error)
	// Press is called with the choice that the customer picked.
	Press(ctx context.Context, c bot.Choice) ([]Shown, error)
	// Tick is called about once a second and returns what is due by then.
	Tick(ctx context.Context) ([]Shown, error)
}

// Chat holds an interactive chat until the customer leaves it or ctx ends:
// the conversation scrolls by as ordinary lines, with the open choices and a
// line to type in below.
func Chat(ctx context.Context, in, out *os.File, first []Shown, p Partner) error {
	input := textinput.New()
	input.Prompt = "> "
	input.CharLimit = 4000
	input.SetStyles(textinput.DefaultStyles(true))
	m := &chat{ctx: ctx, partner: p, input: input, first: first, style: ANSI(80)}
	m.input.Focus()
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out)).Run()
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, tea.ErrProgramKilled) {
		err = nil
	}
	return errors.Join(err, m.err)
}

type chat struct {
	ctx     context.Context // of the running program: Partner calls end with it
	partner Partner
	input   textinput.Model
	first   []Shown
	choices []bot.Choice
	at      int // the choice that Enter takes
	style   Style
	err     error
}

type second struct{}

func everySecond() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return second{} })
}

// Init implements tea.Model.
func (m *chat) Init() tea.Cmd { return everySecond() }

// Update implements tea.Model.
func (m *chat) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.style.Width = min(max(msg.Width-2, 20), 96)
		m.input.SetWidth(m.style.Width - 4)
		if m.first != nil { // lines are wrapped from the first one on
			first := m.first
			m.first = nil
			return m, m.show("", first, nil)
		}
		return m, nil
	case second:
		shown, err := m.partner.Tick(m.ctx)
		return m, tea.Batch(m.show("", shown, err), everySecond())
	case tea.KeyPressMsg:
		return m, m.key(msg)
	}
	var cmd tea.Cmd
	m.input, cmd = m.input.Update(msg)
	return m, cmd
}

func (m *chat) key(msg tea.KeyPressMsg) tea.Cmd {
	empty := strings.TrimSpace(m.input.Value()) == ""
	switch key := msg.String(); {
	case key == "ctrl+c", key == "ctrl+d" && empty:
		return tea.Quit
	case key == "esc":
		m.input.Reset()
		return nil
	case empty && len(m.choices) > 0 && (key == "up" || key == "shift+tab"):
		m.at = (m.at + len(m.choices) - 1) % len(m.choices)
		return nil
	case empty && len(m.choices) > 0 && (key == "down" || key == "tab"):
		m.at = (m.at + 1) % len(m.choices)
		return nil
	case key == "enter" && !empty:
		text := Clean(strings.TrimSpace(m.input.Value()))
		m.input.Reset()
		if text == "" {
			return nil
		}
		shown, err := m.partner.Type(m.ctx, text)
		return m.show(text, shown, err)
	case key == "enter" && len(m.choices) > 0:
		c := m.choices[m.at]
		shown, err := m.partner.Press(m.ctx, c)
		return m.show(c.Label, shown, err)
	}
	var cmd tea.Cmd
	m.input, cmd = m.input.Update(msg)
	return cmd
}

// show prints a turn above the input line: what the customer said, then the
// answers. The newest message's choices become the open ones.
func (m *chat) show(said string, shown []Shown, err error) tea.Cmd {
	if err != nil {
		m.err = err
		return tea.Quit
	}
	var lines []string
	if said != "" {
		lines = append(lines, m.style.Dim+"you: "+said+m.style.Reset, "")
	}
	for _, s := range shown {
		if s.Message != nil {
			lines = append(lines, Render(*s.Message, m.style), "")
			m.choices, m.at = s.Message.Choices, 0
			continue
		}
		m.choices, m.at = nil, 0
		lines = append(lines, m.style.Dim+s.Notice+m.style.Reset, "")
	}
	if len(lines) == 0 {
		return nil
	}
	return tea.Println(strings.Join(lines, "\n"))
}

// View implements tea.Model.
func (m *chat) View() tea.View {
	var b strings.Builder
	typing := strings.TrimSpace(m.input.Value()) != ""
	for i, c := range m.choices {
		label := strconv.Itoa(i+1) + ". " + c.Label
		switch {
		case i == m.at && !typing:
			b.WriteString(m.style.Bold + "❯ " + label + m.style.Reset + "\n")
		case typing || c.Minor:
			b.WriteString(m.style.Dim + "  " + label + m.style.Reset + "\n")
		default:
			b.WriteString("  " + label + "\n")
		}
	}
	b.WriteString(m.input.View() + "\n")
	help := "Enter sends · Ctrl+C leaves"
	if len(m.choices) > 0 {
		help = "↑ ↓ and Enter choose, or type · Ctrl+C leaves"
	}
	b.WriteString(m.style.Dim + help + m.style.Reset)
	return tea.NewView(b.String())
}
