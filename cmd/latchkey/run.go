package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kong"
)

// Exit codes of the program.
const (
	exitOK       = 0
	exitFindings = 1 // the command ran and found something wrong
	exitUsage    = 2 // the command was used wrongly or could not run
)

// findings is the error of a command that ran well and found something. Its
// report has been printed already.
type findings struct{ summary string }

func (f findings) Error() string { return f.summary }

// cli is the command line. One field, one command, one file.
type cli struct {
	Serve      serveCmd      `cmd:"" help:"Serve the web chat and answer customers."`
	Chat       chatCmd       `cmd:"" help:"Talk to the bot here in the terminal."`
	Check      checkCmd      `cmd:"" help:"Check a pack and prove that every step reaches a person or an end."`
	Test       testCmd       `cmd:"" help:"Run a pack's dialogue tests and walk every edge."`
	Graph      graphCmd      `cmd:"" help:"Draw a flow, as Mermaid or SVG."`
	I18n       i18nCmd       `cmd:"" name:"i18n" help:"List missing and stale translations, or write them for translators."`
	New        newCmd        `cmd:"" help:"Write a new flow with its test, to start from."`
	Schema     schemaCmd     `cmd:"" help:"Print the JSON Schema of flow files, for editors."`
	Desk       deskCmd       `cmd:"" help:"Work the operator queue."`
	Backup     backupCmd     `cmd:"" help:"Copy the database while the server runs."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the database up to date."`
	Slack      slackCmd      `cmd:"" help:"Help with the Slack app."`
	Telegram   telegramCmd   `cmd:"" help:"Help with the Telegram bot."`
	Confusion  confusionCmd  `cmd:"" help:"Show which phrases of a pack pull the wrong way."`
	Unanswered unansweredCmd `cmd:"" help:"List what customers wrote and nobody understood, with the nearest flow."`
	Unreadable unreadableCmd `cmd:"" help:"List what platforms delivered and nobody could read."`
	Replay     replayCmd     `cmd:"" help:"Run a stored conversation through the engine again and compare."`
	Version    versionCmd    `cmd:"" help:"Print the version of the program and of the bundled pack."`
}

// env is what commands may touch of the outside world.
type env struct {
	ctx    context.Context
	get    func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
}

// run is the whole program: it returns the exit code. Tests call it.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := &env{ctx: ctx, get: getenv, stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("latchkey"),
		kong.Description("A support-desk bot that gets customers back into their accounts."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
		kong.Bind(e),
	)
	if err != nil {
		fmt.Fprintf(stderr, "latchkey: %v\n", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "latchkey: %v; run \"latchkey --help\" to see the commands\n", err)
		return exitUsage
	}
	err = k.Run(e)
	var f findings
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &f):
		if f.summary != "" {
			fmt.Fprintf(stderr, "latchkey: %s\n", f.summary)
		}
		return exitFindings
	case errors.Is(err, context.Canceled):
		return exitOK
	default:
		fmt.Fprintf(stderr, "latchkey: %v\n", err)
		return exitUsage
	}
}
