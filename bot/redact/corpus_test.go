package redact

import (
	"bufio"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the corpus anew")

// template is a sentence with slots for values.
type template struct {
	kind, lang, expects string
	text                string
}

// sample is one message of the corpus. kind holds the language too:
// "password/en". A clean one has no secret.
type sample struct {
	kind, expects, message, secret string
}

// secretKinds are the kinds of trust.md, in its order.
var secretKinds = []string{"password", "bare-password", "code", "code6", "card", "iban", "token", "jwt", "pem", "phrase", "backup", "link"}

// templates reads a file of sentences.
func templates(t testing.TB, path string) []template {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []template
	var now template
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			head := strings.Fields(strings.Trim(line, "[]"))
			if len(head) != 3 {
				t.Fatalf("%s: bad heading %q", path, line)
			}
			now = template{kind: head[0], lang: head[1], expects: strings.Trim(head[2], "-")}
		default:
			now.text = strings.ReplaceAll(line, `\n`, "\n")
			out = append(out, now)
		}
	}
	return out
}

var slot = regexp.MustCompile(`\{[a-z0-9]+\}`)

func (v values) sample(t template) sample {
	var secrets []string
	message := slot.ReplaceAllStringFunc(t.text, func(s string) string {
		text, secret := v.fill(strings.Trim(s, "{}"))
		if secret != "" {
			secrets = append(secrets, secret)
		}
		return text
	})
	return sample{kind: t.kind + "/" + t.lang, expects: t.expects, message: message, secret: strings.Join(secrets, " ")}
}

// groups are the kinds of which each half has fifty secrets: passwords behind
// the word for them in each language, the other kinds over all languages.
var groups = append([]string{"password/en", "password/ru", "password/es", "password/pt", "password/zh"}, secretKinds[1:]...)

// half makes one half of the corpus: 50 secrets of each group, spread over its
// templates, and 2,500 clean messages. times makes it that much larger.
func half(t testing.TB, name string, seed uint64, times int) []sample {
	h := fnv.New64a()
	h.Write([]byte(name))
	v := values{rand.New(rand.NewPCG(h.Sum64(), seed))}
	var out []sample
	all := templates(t, filepath.Join("testdata", "templates", name+"-secrets.txt"))
	for _, group := range groups {
		var of []template
		for _, t := range all {
			if t.kind == group || t.kind+"/"+t.lang == group {
				of = append(of, t)
			}
		}
		for i := range 50 * times {
			out = append(out, v.sample(of[i%len(of)]))
		}
	}
	clean := templates(t, filepath.Join("testdata", "templates", name+"-clean.txt"))
	for i := range 2500 * times {
		s := v.sample(clean[i%len(clean)])
		s.expects = v.pick("", "", "", "", "", "", "", "", "code", "password")
		out = append(out, s)
	}
	return out
}

func corpusFile(name string) string { return filepath.Join("testdata", "corpus", name+".tsv") }

// TestCorpusFiles holds the stored corpus against its generator.
func TestCorpusFiles(t *testing.T) {
	for _, name := range []string{"tune", "held"} {
		var b strings.Builder
		for _, s := range half(t, name, 1, 1) {
			fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", s.kind, s.expects, strings.ReplaceAll(s.message, "\n", `\n`), strings.ReplaceAll(s.secret, "\n", `\n`))
		}
		if *update {
			if err := os.WriteFile(corpusFile(name), []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		stored, err := os.ReadFile(corpusFile(name))
		if err != nil {
			t.Fatal(err)
		}
		if string(stored) != b.String() {
			t.Errorf("%s is not what its templates make; run go test -run TestCorpusFiles -update", corpusFile(name))
		}
	}
}

// stored reads one half as it is kept.
func stored(t testing.TB, name string) []sample {
	t.Helper()
	f, err := os.Open(corpusFile(name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []sample
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		c := strings.Split(lines.Text(), "\t")
		if len(c) != 4 {
			t.Fatalf("%s: bad line %q", f.Name(), lines.Text())
		}
		out = append(out, sample{c[0], c[1], strings.ReplaceAll(c[2], `\n`, "\n"), strings.ReplaceAll(c[3], `\n`, "\n")})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
