package flows_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"latchkey/flows"
)

// saying is a sentence of a check as the source has it.
type saying struct {
	where, code string
	words       *regexp.Regexp // the message, with anything in the place of its verbs
	format      string
}

var code = regexp.MustCompile(`^[EW]\d\d$`)

// sayings finds, in the sources of the package, every message that stands
// beside a code: as the argument after it, or as the Message of the same
// Problem.
func sayings(t *testing.T) []saying {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []saying
	fset := token.NewFileSet()
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				for i, arg := range n.Args {
					if c := literal(arg); code.MatchString(c) && i+1 < len(n.Args) {
						out = append(out, newSaying(fset, n, c, n.Args[i+1]))
					}
				}
			case *ast.CompositeLit:
				c, words := "", ast.Expr(nil)
				for _, e := range n.Elts {
					kv, ok := e.(*ast.KeyValueExpr)
					if !ok {
						continue
					}
					switch fmt.Sprint(kv.Key) {
					case "Code":
						c = literal(kv.Value)
					case "Message":
						words = kv.Value
					}
				}
				if code.MatchString(c) && words != nil {
					out = append(out, newSaying(fset, n, c, words))
				}
			}
			return true
		})
	}
	return out
}

func newSaying(fset *token.FileSet, at ast.Node, code string, words ast.Expr) saying {
	pos := fset.Position(at.Pos())
	s := saying{where: fmt.Sprintf("%s:%d", pos.Filename, pos.Line), code: code, format: format(words)}
	verbs := regexp.MustCompile(`%[a-z]`)
	parts := verbs.Split(s.format, -1)
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	s.words = regexp.MustCompile(`(?s)^` + strings.Join(parts, `.*`) + `(: .*)?$`) // a graph fault may add why
	return s
}

// format is a message with %s in the place of what only the running program
// knows.
func format(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal(e)
	case *ast.BinaryExpr:
		return format(e.X) + format(e.Y)
	case *ast.CallExpr: // fmt.Sprintf
		if len(e.Args) > 0 {
			if f := literal(e.Args[0]); f != "" {
				return f
			}
		}
	}
	return "%s"
}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// elsewhere are the sentences that need a disk, or a file too large for
// testdata; the tests named say them.
var elsewhere = map[string]string{
	"the folder cannot be read: %v":                            "TestHostileDisk",
	"the file cannot be read: %v":                              "TestHostileDisk",
	"the file has more than 1 MiB (%d bytes)":                  "TestHostileFolders",
	"the picture %q has %d MiB":                                "TestBigPicture",
	"flow %q calls itself for ever":                            "the text is chosen before the Problem is made",
	"these flows call each other for ever: %s":                 "the same",
	"the text is longer than the %d units that Telegram takes": "TestTelegramLimit",
}

// TestEverySentenceIsSaid demands a broken pack for every sentence that the
// checks can say.
func TestEverySentenceIsSaid(t *testing.T) {
	var said []flows.Problem
	for _, b := range brokenPacks(t) {
		_, ps := flows.Load(b.files, flows.Options{Today: today})
		said = append(said, ps...)
	}
	all := sayings(t)
	if len(all) < 90 {
		t.Fatalf("only %d sentences found in the sources", len(all))
	}
	for _, s := range all {
		if elsewhere[s.format] != "" || slices.ContainsFunc(said, func(p flows.Problem) bool { return p.Code == s.code && s.words.MatchString(p.Message) }) {
			continue
		}
		t.Errorf("%s: no broken pack makes the check say %s: %s", s.where, s.code, s.format)
	}
}

// TestFindingsNameTheWords: a message quotes what stands at its place, or
// counts it.
func TestFindingsNameTheWords(t *testing.T) {
	quoted := regexp.MustCompile(`"[^"]*"|\d|[*&!]\w|-> `)
	for _, b := range brokenPacks(t) {
		_, ps := flows.Load(b.files, flows.Options{Today: today})
		for _, p := range ps {
			if p.Code != "E06" && p.Code != "E00" && p.Line > 1 && !quoted.MatchString(p.Message) && !strings.Contains(p.Message, "phrases") {
				t.Errorf("%s: the message names no words: %s", b.name, p)
			}
			if len(p.Message) > 400 || len(p.Fix) > 300 {
				t.Errorf("%s: nobody reads so many words: %s", b.name, p)
			}
		}
	}
}
