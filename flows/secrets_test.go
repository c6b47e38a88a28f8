package flows

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
)

// sentencesOf reads a table of "no", "ask" and "ok" sentences.
func sentencesOf(t *testing.T, file string, visit func(kind, sentence string)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := map[string]int{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		kind, sentence, ok := strings.Cut(sc.Text(), " ")
		if kind == "#" || !ok {
			continue
		}
		count[kind]++
		visit(kind, sentence)
	}
	if count["no"] < 10 || count["ok"] < 10 {
		t.Errorf("%s: %v", file, count)
	}
}

// TestSecretsAreNotAskedFor holds E31 against sentences that an editor, or
// somebody who wants to get at secrets, could write.
func TestSecretsAreNotAskedFor(t *testing.T) {
	for _, lang := range []string{"en", "ru", "es"} {
		n := 0
		sentencesOf(t, "testdata/secrets/"+lang+".txt", func(kind, s string) {
			n++
			plain, _ := asksForSecret(lang, s, false)
			typed, _ := asksForSecret(lang, s, true)
			switch {
			case kind == "no" && plain == "":
				t.Errorf("%s: not refused: %s", lang, s)
			case kind == "ask" && typed == "":
				t.Errorf("%s: not refused as a question: %s", lang, s)
			case kind == "ok" && plain != "":
				t.Errorf("%s: refused for its %q: %s", lang, plain, s)
			case kind == "ok" && typed != "" && strings.Contains(s, "?"):
				t.Errorf("%s: refused as a question: %s", lang, s)
			case kind == "no" && typed == "":
				t.Errorf("%s: refused, but not as a question: %s", lang, s)
			}
		})
		if n < 40 {
			t.Errorf("%s: only %d sentences", lang, n)
		}
	}
}

// TestAccountsAreNotTold holds E32 against sentences that give away, or do
// not, whether an account exists.
func TestAccountsAreNotTold(t *testing.T) {
	for _, lang := range []string{"en", "ru", "es"} {
		sentencesOf(t, "testdata/accounts/"+lang+".txt", func(kind, s string) {
			switch told := tellsAccount(lang, s); {
			case kind == "no" && told == "":
				t.Errorf("%s: not refused: %s", lang, s)
			case kind == "ok" && told != "":
				t.Errorf("%s: refused: %s", lang, s)
			}
		})
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"One. Two! Three? Four":        {"One.", "Two!", "Three?", "Four"},
		"Open example.com... now.":     {"Open example.com...", "now."},
		"- one\n- two\n\n  three.\t x": {"- one", "- two", "three.", "x"},
		"Really?! Yes…":                {"Really?!", "Yes…"},
		"¿Sí? No.":                     {"¿Sí?", "No."},
		" \n. \n":                      {"."},
		"":                             nil,
	} {
		if got := sentences(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
