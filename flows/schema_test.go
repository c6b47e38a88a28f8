package flows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

const schemaName = "schema.json"

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaName, raw); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaName)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rawSchema is the schema as a person reads it.
func rawSchema(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(SchemaJSON(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSchemaIsTidy(t *testing.T) {
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(SchemaJSON()), "", "  "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	if !bytes.Equal(out.Bytes(), SchemaJSON()) {
		t.Error("schema.json is not indented by two spaces")
	}
	if got := rawSchema(t)["$schema"]; got != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("$schema is %v", got)
	}
}

// plainValue is a node as an editor's YAML 1.2 reader hands it to the schema:
// yes, no, on, off and dates are strings there.
func plainValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plainValue(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			out[i] = plainValue(c)
		}
		return out
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		// A hash of digits with an e in it may be a number beyond all bounds.
		f, _ := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64)
		return math.Max(-math.MaxFloat64, math.Min(f, math.MaxFloat64))
	}
	return n.Value
}

func parseYAML(t *testing.T, data []byte) any {
	t.Helper()
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		t.Fatal(err)
	}
	return plainValue(root.Content[0])
}

// An unquoted yes, no, on or off must reach the schema as a string, as it does
// in an editor.
func TestSchemaReadsYAML12(t *testing.T) {
	got := parseYAML(t, []byte("{yes: no, on: off, a: true, d: 2026-11-23, n: 2, h: 1234e567}"))
	want := map[string]any{"yes": "no", "on": "off", "a": true, "d": "2026-11-23", "n": 2.0, "h": math.MaxFloat64}
	if !maps.Equal(got.(map[string]any), want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// part is a place of the schema, found below $defs.
func part(t *testing.T, root map[string]any, at string) map[string]any {
	t.Helper()
	var here any = root["$defs"]
	for key := range strings.SplitSeq(at, "/") {
		m, _ := here.(map[string]any)
		here = m[key]
	}
	m, ok := here.(map[string]any)
	if !ok {
		t.Fatalf("the schema has no %q below $defs", at)
	}
	return m
}

func stringsOf(v any) []string {
	var out []string
	list, _ := v.([]any)
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	return out
}

// same compares two lists as sets and says what is over on each side.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, x := range got {
		if !slices.Contains(want, x) {
			t.Errorf("%s: the schema has %q, which the program does not know", what, x)
		}
	}
	for _, x := range want {
		if !slices.Contains(got, x) {
			t.Errorf("%s: the schema lacks %q", what, x)
		}
	}
}

// object of the schema and the table of the loader that it must equal.
type schemaObject struct {
	def      string
	keys     []string
	required []string
}

func schemaObjects(t *testing.T) []schemaObject {
	out := []schemaObject{
		{"pack", packKeys, []string{"pack", "title", "language"}},
		{"languages", langKeys, nil},
		{"link", linkKeys, []string{"url"}},
		{"queue", queueKeys, []string{"title"}},
		{"source", sourceKeys, []string{"title", "verified_at", "confidence"}},
		{"action", actionKeys, []string{"outcomes"}},
		{"defaults", defaultsKeys, nil},
		{"idleDefaults", idleDefaults, nil},
		{"builtInWords", allWords(), nil},
		{"builtInTexts", SystemTexts(), nil},
		{"flow", flowKeys, []string{"flow", "title", "steps"}},
		{"start", startKeys, nil},
		{"common", commonKeys, nil},
		{"option", optionKeys, []string{"label", "go"}},
		{"case", caseKeys, []string{"go"}},
		{"instruction", instructionKeys, []string{"say"}},
		{"retry", retryKeys, nil},
		{"idle", idleKeys, nil},
		{"closed", closedKeys, nil},
		{"translation", translationKeys, []string{"flow", "language"}},
		{"packTranslation", packTranslationKeys, []string{"pack", "language"}},
		{"entry", entryKeys, []string{"of", "text"}},
		{"test", []string{"flow", "tests", "routes"}, []string{"flow"}},
		{"twice", []string{"click", "late_click", "user", "attach"}, nil},
	}
	need := map[Kind][]string{
		KindSay: {"say", "next"}, KindAsk: {"ask", "say", "retry", "next"}, KindChoose: {"choose", "say"},
		KindCheck: {"check", "else"}, KindGuide: {"guide", "then"}, KindDo: {"do", "when"}, KindCall: {"call", "when"},
		KindGoto: {"goto"}, KindHuman: {"human", "reason", "say"}, KindDone: {"done"},
	}
	for kind, keys := range stepKeys {
		out = append(out, schemaObject{string(kind) + "Step", append(slices.Clone(commonKeys), keys...), need[kind]})
	}
	var deeds []string
	for verb, beside := range testVerbs(t) {
		deeds = append(append(deeds, verb), beside...)
	}
	slices.Sort(deeds)
	return append(out, schemaObject{"deed", slices.Compact(deeds), nil})
}

func TestSchemaHasTheLoadersKeys(t *testing.T) {
	root := rawSchema(t)
	seen := map[string]bool{}
	for _, o := range schemaObjects(t) {
		seen[o.def] = true
		def := part(t, root, o.def)
		props, _ := def["properties"].(map[string]any)
		same(t, "keys of "+o.def, slices.Collect(maps.Keys(props)), o.keys)
		same(t, "required keys of "+o.def, stringsOf(def["required"]), o.required)
		if def["additionalProperties"] != false {
			t.Errorf("%s takes keys that it does not know", o.def)
		}
	}
	for name, def := range root["$defs"].(map[string]any) {
		if _, ok := def.(map[string]any)["properties"]; ok && !seen[name] {
			t.Errorf("no table of the program stands for the object %q of the schema", name)
		}
	}
}

// The keys that the schema demands are those of which the loader says E03: each
// is taken out of a file that is right, and both must refuse what is left.
func TestSchemaDemandsWhatTheLoaderDemands(t *testing.T) {
	s := compiledSchema(t)
	for _, o := range schemaObjects(t) {
		sound, ok := soundObjects[o.def]
		if !ok {
			continue
		}
		if codes := loaderCodes(sound.file(nil)); len(codes) > 0 {
			t.Errorf("%s: the loader refuses the sound file: %v", o.def, codes)
		}
		if err := s.Validate(parseYAML(t, sound.file(nil))); err != nil {
			t.Errorf("%s: the schema refuses the sound file: %v", o.def, err)
		}
		for key := range sound.keys {
			if key == "flow" || key == "pack" {
				continue // without its first line a file is of no kind
			}
			without := sound.file(&key)
			demanded := slices.Contains(loaderCodes(without), "E03")
			refused := s.Validate(parseYAML(t, without)) != nil
			if demanded != refused || demanded != slices.Contains(o.required, key) && !isKeyword(o.def, key) {
				t.Errorf("%s without %q: demanded by the loader %v, refused by the schema %v", o.def, key, demanded, refused)
			}
		}
	}
}

// isKeyword tells whether the key makes a step of its kind: without it the
// step is of another kind.
func isKeyword(def, key string) bool { return def == key+"Step" && key != "say" }

// soundObject is an object with all that it must have and some that it may.
type soundObject struct {
	around string // the file, with %s for the object in braces
	keys   map[string]string
}

func (o soundObject) file(without *string) []byte {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(o.keys)) {
		if without == nil || k != *without {
			parts = append(parts, k+": "+o.keys[k])
		}
	}
	return fmt.Appendf(nil, o.around, "{"+strings.Join(parts, ", ")+"}")
}

const (
	inFlow = "{flow: entry, title: I cannot get in, steps: {one: %s}}"
	inPack = "{pack: shop, title: Help, language: en, "
)

var soundObjects = map[string]soundObject{
	"flow":        {"%s", map[string]string{"flow": "entry", "title": "Help", "owner": "desk", "steps": "{end: {done: solved}}"}},
	"sayStep":     {inFlow, map[string]string{"say": "Hello", "next": "one", "why": "So it is"}},
	"askStep":     {inFlow, map[string]string{"ask": "email", "say": "Which?", "retry": "Again", "next": "one", "pii": "true"}},
	"chooseStep":  {inFlow, map[string]string{"choose": "{a: {label: A, go: one}, b: {label: B, go: one}}", "say": "Which?"}},
	"checkStep":   {inFlow, map[string]string{"check": "[{fact: plan, is: pro, go: one}]", "else": "one"}},
	"guideStep":   {inFlow, map[string]string{"guide": "[{say: Do it}]", "then": "one", "stuck": "one", "pace": "all"}},
	"doStep":      {inFlow, map[string]string{"do": "status", "when": "{up: one, failed: one}", "with": "{a: b}"}},
	"callStep":    {inFlow, map[string]string{"call": "other", "when": "{solved: one}"}},
	"humanStep":   {inFlow, map[string]string{"human": "desk", "reason": "stuck", "say": "Wait", "closed": "Later"}},
	"doneStep":    {inFlow, map[string]string{"done": "solved", "say": "Good"}},
	"option":      {"{flow: entry, title: Help, steps: {one: {say: Which?, choose: {a: {label: A, go: one}, b: %s}}}}", map[string]string{"label": "B", "go": "one", "times": "2"}},
	"case":        {"{flow: entry, title: Help, steps: {one: {check: [%s], else: one}}}", map[string]string{"fact": "plan", "is": "pro", "go": "one"}},
	"instruction": {"{flow: entry, title: Help, steps: {one: {guide: [%s], then: one}}}", map[string]string{"say": "Do it", "stuck": "one"}},
	"pack":        {"%s", map[string]string{"pack": "shop", "title": "Help", "language": "en", "facts": "[plan]"}},
	"link":        {inPack + "links: {home: %s}}", map[string]string{"url": "\"https://acme.example/\"", "label": "Home"}},
	"queue":       {inPack + "queues: {desk: %s}}", map[string]string{"title": "Desk", "hours": "always"}},
	"source":      {inPack + "sources: {site: %s}}", map[string]string{"title": "Page", "verified_at": "2026-11-20", "confidence": "high", "url": "\"https://acme.example/\""}},
	"action":      {inPack + "actions: {status: %s}}", map[string]string{"outcomes": "[up]", "with": "[plan]"}},
	"translation": {"%s", map[string]string{"flow": "entry", "language": "ru", "phrases": "[a]"}},
	"entry":       {"{flow: entry, language: ru, texts: {title: %s}}", map[string]string{"of": "5d5bfc18", "text": "Title"}},
}

// loaderCodes are the problems that the loader finds in one file by itself.
func loaderCodes(data []byte) []string {
	var problems []Problem
	switch {
	case bytes.Contains(data, []byte("language: ru")):
		problems = parseTranslation("ru/entry.yaml", data).doc.problems
	case bytes.Contains(data, []byte("pack: ")):
		problems = parsePack("pack.yaml", data).doc.problems
	default:
		problems = parseFlow("entry.yaml", data).doc.problems
	}
	var codes []string
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	return codes
}

func TestSchemaHasTheLoadersWords(t *testing.T) {
	root := rawSchema(t)
	for at, want := range map[string][]string{
		"askStep/properties/ask":       askTypes,
		"doneStep/properties/done":     doneOutcomes,
		"guideStep/properties/pace":    {"all", "one"},
		"common/properties/expects":    {"code", "password"},
		"source/properties/confidence": {"low", "medium", "high"},
		"deed/properties/end":          testWords(t, "ends"),
		"attachment":                   testWords(t, "attachments"),
		"case/properties/missing":      {"true", "yes"},
		"yesNo":                        {"true", "false", "yes", "no"},
		"stepName":                     nil,
	} {
		if want != nil {
			same(t, at, stringsOf(part(t, root, at)["enum"]), want)
		}
	}
	for at, want := range map[string]string{
		"flowName": flowID.String(), "stepName": stepID.String(), "deepLink": linkID.String(), "reasonWord": reasonID.String(),
	} {
		if got := part(t, root, at)["pattern"]; got != want {
			t.Errorf("%s has the pattern %v, the loader %s", at, got, want)
		}
	}
	var kinds []string
	for _, x := range part(t, root, "step")["allOf"].([]any) {
		cond := x.(map[string]any)["if"].(map[string]any)
		kinds = append(kinds, stringsOf(cond["required"])...)
	}
	var want []string
	for _, k := range kindKeywords {
		want = append(want, string(k))
	}
	same(t, "kinds of a step", kinds, want)
	var verbs []string
	for _, x := range part(t, root, "deed")["oneOf"].([]any) {
		verbs = append(verbs, stringsOf(x.(map[string]any)["required"])...)
	}
	same(t, "verbs of a test's line", verbs, slices.Collect(maps.Keys(testVerbs(t))))
}

// Every key and every part says in one sentence what it is for.
func TestSchemaDescribesEveryKey(t *testing.T) {
	root := rawSchema(t)
	for name, v := range root["$defs"].(map[string]any) {
		def := v.(map[string]any)
		if text, _ := def["description"].(string); text == "" {
			t.Errorf("%s has no description", name)
		}
		props, _ := def["properties"].(map[string]any)
		for key, v := range props {
			prop := v.(map[string]any)
			text, ok := prop["description"].(string)
			if ref, isRef := prop["$ref"].(string); !ok && isRef {
				text, _ = part(t, root, strings.TrimPrefix(ref, "#/$defs/"))["description"].(string)
			}
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s of %s has no description, or no sentence: %q", key, name, text)
			}
		}
	}
}

// The tables of package dialoguetest, which this package cannot import, are
// read out of its source.
func testSource(t *testing.T, name string) *ast.CompositeLit {
	t.Helper()
	files, err := filepath.Glob("../bot/dialoguetest/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the source of dialoguetest is not there: %v", err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if ok && v.Names[0].Name == name && len(v.Values) == 1 {
					return v.Values[0].(*ast.CompositeLit)
				}
			}
		}
	}
	t.Fatalf("dialoguetest has no table %q", name)
	return nil
}

func literalsOf(t *testing.T, e ast.Expr) []string {
	t.Helper()
	list, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil // nil
	}
	var out []string
	for _, x := range list.Elts {
		s, err := strconv.Unquote(x.(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func testWords(t *testing.T, name string) []string {
	t.Helper()
	return literalsOf(t, testSource(t, name))
}

func testVerbs(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, x := range testSource(t, "verbs").Elts {
		kv := x.(*ast.KeyValueExpr)
		verb, err := strconv.Unquote(kv.Key.(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		out[verb] = literalsOf(t, kv.Value)
	}
	return out
}

func TestSchemaTakesTheBundledPack(t *testing.T) {
	s := compiledSchema(t)
	folders := map[string]int{}
	err := fs.WalkDir(Bundled(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(Bundled(), name)
		if err != nil {
			return err
		}
		folders[path.Dir(name)]++
		if err := s.Validate(parseYAML(t, data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".", "ru", "es", "tests"} {
		if folders[dir] < 10 {
			t.Errorf("only %d files of the folder %q were looked at", folders[dir], dir)
		}
	}
}

// What the loader finds wrong with the build of a file, the schema finds too.
// Left out are mistakes that only the whole pack, or the quotes of a text, can
// show.
func TestSchemaRefusesBrokenPacks(t *testing.T) {
	s := compiledSchema(t)
	beyond := []string{"E01-upper-case-ending", "E01-yml", "E03-flow", "E03-guide-source", "E03-no-flow", "E03-outcome",
		"E21-case-type", "E21-tried", "E22-base-language", "E22-category", "E22-close-before-remind", "E22-fact-language",
		"E22-folder", "E22-option", "E22-pattern", "E22-translation-language", "E22-yes-no"}
	files, err := filepath.Glob("testdata/broken/E[02][123]-*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no broken packs: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		if strings.HasPrefix(name, "E02") || strings.HasPrefix(name, "E23") {
			continue // names that lead nowhere
		}
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		refused := false
		for _, f := range a.Files {
			var root yaml.Node
			if yaml.Load(f.Data, &root) == nil && len(root.Content) > 0 {
				refused = refused || s.Validate(plainValue(root.Content[0])) != nil
			}
		}
		if refused == slices.Contains(beyond, name) {
			t.Errorf("%s: refused by the schema: %v", name, refused)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	const (
		flow  = "{flow: a, title: A, steps: {one: %s}}"
		lines = "{flow: a, tests: {it works: [%s]}}"
		trans = "{flow: a, language: ru, texts: {one.say: %s}}"
		pack  = "{pack: a, title: A, language: en, %s}"
	)
	s := compiledSchema(t)
	for _, c := range []struct{ name, around, right, wrong string }{
		{"unknown key of a step", flow, "{say: Hi, next: one}", "{say: Hi, next: one, nxt: two}"},
		{"missing next", flow, "{say: Hi, next: one}", "{say: Hi}"},
		{"empty words", flow, "{say: Hi, next: one}", "{say: ' ', next: one}"},
		{"words that are a number", flow, "{say: Hi, next: one}", "{say: 12, next: one}"},
		{"next that is a list", flow, "{say: Hi, next: one}", "{say: Hi, next: [one]}"},
		{"two kinds", flow, "{done: solved}", "{done: solved, goto: b}"},
		{"key of another kind", flow, "{done: solved}", "{done: solved, next: one}"},
		{"done: maybe", flow, "{done: solved}", "{done: maybe}"},
		{"wrong kind of answer", flow, "{ask: email, say: W, retry: R, next: one}", "{ask: mail, say: W, retry: R, next: one}"},
		{"missing retry", flow, "{ask: email, say: W, retry: R, next: one}", "{ask: email, say: W, next: one}"},
		{"pattern without a pattern", flow, "{ask: pattern, pattern: '[0-9]', say: W, retry: R, next: one}", "{ask: pattern, say: W, retry: R, next: one}"},
		{"too many tries", flow, "{ask: email, say: W, retry: {say: R, times: 5}, next: one}", "{ask: email, say: W, retry: {say: R, times: 6}, next: one}"},
		{"option without go", flow, "{choose: {yes: {label: Yes, go: one}, no: {label: No, go: one}}, say: W}", "{choose: {yes: {label: Yes, go: one}, no: {label: No}}, say: W}"},
		{"one option", flow, "{choose: {a: {label: A, go: one}, b: {label: B, go: one}}, say: W}", "{choose: {a: {label: A, go: one}}, say: W}"},
		{"case with two subjects", flow, "{check: [{fact: a, is: b, go: one}], else: one}", "{check: [{fact: a, answer: a, is: b, go: one}], else: one}"},
		{"case with two comparisons", flow, "{check: [{fact: a, is: b, go: one}], else: one}", "{check: [{fact: a, is: b, missing: true, go: one}], else: one}"},
		{"tried with a comparison", flow, "{check: [{tried: a, go: one}], else: one}", "{check: [{tried: a, is: b, go: one}], else: one}"},
		{"missing: false", flow, "{check: [{fact: a, missing: true, go: one}], else: one}", "{check: [{fact: a, missing: false, go: one}], else: one}"},
		{"guide without instructions", flow, "{guide: [{say: Do}], then: one}", "{guide: [], then: one}"},
		{"instruction that is a text", flow, "{guide: [{say: Do}], then: one}", "{guide: [Do], then: one}"},
		{"alt without image", flow, "{say: Hi, next: one, image: media/a.png, alt: A}", "{say: Hi, next: one, alt: A}"},
		{"no way for failure", flow, "{do: a, when: {up: one, failed: one}}", "{do: a, when: {up: one}}"},
		{"reason in words", flow, "{human: desk, reason: stuck, say: W}", "{human: desk, reason: Is stuck, say: W}"},
		{"idle: on", flow, "{say: Hi, next: one, idle: off}", "{say: Hi, next: one, idle: on}"},
		{"length of time", flow, "{say: Hi, next: one, idle: {after: 1h30m}}", "{say: Hi, next: one, idle: {after: soon}}"},
		{"name of a step", "{flow: a, title: A, steps: {%s: {done: solved}}}", "the_end", "The-End"},
		{"name of a flow", "{flow: %s, title: A, steps: {one: {done: solved}}}", "lost-card", "lost_card"},
		{"date", "{flow: a, title: A, review_by: %s, steps: {one: {done: solved}}}", "2027-05-01", "May 2027"},
		{"key of start", "{flow: a, title: A, start: {%s}, steps: {one: {done: solved}}}", "phrases: [a]", "phrase: [a]"},
		{"flow without steps", "{flow: a, title: A%s}", ", steps: {one: {done: solved}}", ""},
		{"key of the pack", pack, "queues: {}", "queus: {}"},
		{"source without a date", pack, "sources: {s: {title: S, confidence: low, verified_at: 2026-11-23}}", "sources: {s: {title: S, confidence: low}}"},
		{"host with a path", pack, "hosts: [acme.example]", "hosts: [acme.example/login]"},
		{"message of the bot's own", pack, "texts: {greeting: Hi}", "texts: {greetings: Hi}"},
		{"word of the bot's own", pack, "words: {yes: [aye]}", "words: {maybe: [perhaps]}"},
		{"translation without its mark", trans, "{of: 5d5bfc18, text: T}", "{text: T}"},
		{"translation without words", trans, "{of: 12345678, text: T}", "{of: 12345678, text: ''}"},
		{"bare translation", trans, "[t, u]", "T"},
		{"key of a translation", "{flow: a, language: ru, %s: [a]}", "phrases", "phrase"},
		{"key of a translated pack", "{pack: a, language: ru, %s: {}}", "words", "word"},
		{"unknown line", lines, "{click: yes}", "{clik: yes}"},
		{"two things in one line", lines, "{click: yes}", "{click: yes, bot: one}"},
		{"text beside a click", lines, "{bot: one, text: Hi}", "{click: yes, text: Hi}"},
		{"queue beside solved", lines, "{end: human, queue: desk}", "{end: solved, queue: desk}"},
		{"end: maybe", lines, "{end: abandoned}", "{end: maybe}"},
		{"wait: off", lines, "{wait: 1d}", "{wait: off}"},
		{"bare line", lines, "restart", "start"},
		{"twice two things", lines, "{twice: {click: yes}}", "{twice: {click: yes, user: yes}}"},
		{"attachment", lines, "{attach: image, text: {ru: T}}", "{attach: picture, text: {ru: T}}"},
		{"test file without tests", "{flow: a%s}", ", routes: {help me: none}", ""},
		{"no kind of file", "{%s: a, title: A, language: en}", "pack", "pak"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := s.Validate(parseYAML(t, fmt.Appendf(nil, c.around, c.right))); err != nil {
				t.Errorf("refuses what is right: %v", err)
			}
			if s.Validate(parseYAML(t, fmt.Appendf(nil, c.around, c.wrong))) == nil {
				t.Errorf("takes %s", fmt.Sprintf(c.around, c.wrong))
			}
		})
	}
}
