package dialoguetest

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"latchkey/flows"
)

func TestSample(t *testing.T) {
	for _, p := range []string{"[A-Z]{2}[0-9]{6}", "(yes|no)+", "[^0-9]x?", "a.c", "ORD-\\d{4}(-[a-z]*)?", "(?i)order", "\\p{Cyrillic}{3}", "[[:punct:]]", "x{3,}"} {
		re := regexp.MustCompile(`^(?:` + p + `)$`)
		if s, ok := sample(re); !ok {
			t.Errorf("%s: %q does not fit", p, s)
		}
	}
	if _, ok := sample(regexp.MustCompile(`^(?:a\bb)$`)); ok {
		t.Error("a pattern that nothing fits has a sample")
	}
	if _, ok := sample(nil); ok {
		t.Error("no pattern has a sample")
	}
}

func TestOverlay(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	under := fstest.MapFS{"a.yaml": file("a"), "b.yaml": file("b"), "ru/a.yaml": file("ru a"), "media/x.png": file("x")}
	over := fstest.MapFS{"b.yaml": file("B"), "c.yaml": file("C"), "a.yaml": file(""), "ru/b.yaml": file("ru B"), "es/a.yaml": file("es A")}
	o := overlay{over, under}
	var got []string
	err := fs.WalkDir(o, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(o, name)
		got = append(got, name+"="+string(data))
		return err
	})
	want := []string{"b.yaml=B", "c.yaml=C", "es/a.yaml=es A", "media/x.png=x", "ru/a.yaml=ru a", "ru/b.yaml=ru B"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := fs.ReadDir(o, "nowhere"); err == nil {
		t.Error("a folder that is in neither can be read")
	}
}

// TestDifferent: what a restart changes is found, wherever it is kept.
func TestDifferent(t *testing.T) {
	turns := []record{{"e1", "s1", "f1"}, {"e2", "s2", "f2"}}
	test := &Test{Flow: "entry", Name: "any", Pos: flows.Pos{File: "tests/entry.yaml", Line: 3, Col: 3}}
	plain := &talk{records: turns, lines: []string{"bot: where"}}
	if p := different(test, plain, &talk{records: slices.Clone(turns)}); p != nil {
		t.Errorf("the same differs: %s", p)
	}
	for i := range turns {
		for _, change := range []func(*record){
			func(r *record) { r.event += "!" }, func(r *record) { r.state += "!" }, func(r *record) { r.effects += "!" },
		} {
			other := slices.Clone(turns)
			change(&other[i])
			if p := different(test, plain, &talk{records: other}); p == nil || p.Code != "T02" || len(p.Dialogue) != 1 {
				t.Errorf("turn %d: %v", i+1, p)
			}
		}
	}
	if p := different(test, plain, &talk{records: turns[:1]}); p == nil || !strings.Contains(p.Message, "turn 2") {
		t.Errorf("a turn is missing: %v", p)
	}
}
