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
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// schemaDefs is the $defs of schema.json.
func schemaDefs(t *testing.T) map[string]map[string]any {
	t.Helper()
	var root struct {
		Defs map[string]map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(SchemaJSON(), &root); err != nil {
		t.Fatal(err)
	}
	return root.Defs
}

func compiledSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaHasTheKeysOfTheLoader holds every table of keys and every closed
// list against the schema, both ways.
func TestSchemaHasTheKeysOfTheLoader(t *testing.T) {
	defs := schemaDefs(t)
	keys := map[string][]string{
		"flow": flowKeys, "start": startKeys, "option": optionKeys, "case": caseKeys, "instruction": instructionKeys,
		"retry": retryKeys, "idle": idleKeys, "closed": closedKeys,
		"pack": packKeys, "languages": langKeys, "link": linkKeys, "queue": queueKeys, "source": sourceKeys, "action": actionKeys,
		"defaults": defaultsKeys, "idleDefaults": idleDefaults, "builtinWords": allWords(), "systemTexts": SystemTexts(),
		"translation": translationKeys, "packTranslation": packTranslationKeys, "translatedText": entryKeys,
	}
	for kind, own := range stepKeys {
		keys[string(kind)+"Step"] = slices.Concat(commonKeys, own)
	}
	tests := []string{"tests", "testStep", "twice"} // package bot/dialoguetest reads these
	for name, def := range defs {
		props, ok := def["properties"].(map[string]any)
		if !ok || slices.Contains(tests, name) {
			continue
		}
		if !sameNames(slices.Collect(maps.Keys(props)), keys[name]) {
			t.Errorf("%s: the schema has %q, the loader %q", name, slices.Sorted(maps.Keys(props)), keys[name])
		}
		if def["additionalProperties"] != false {
			t.Errorf("%s: the schema takes other keys too", name)
		}
		if kind := fmt.Sprint(def["type"]); !strings.Contains(kind, "object") {
			t.Errorf("%s: the schema also takes what is no object: %s", name, kind)
		}
		if _, ok := props["alt"]; ok && def["dependentRequired"] == nil {
			t.Errorf("%s: the schema takes \"alt\" without \"image\"", name)
		}
		delete(keys, name)
	}
	for name := range keys {
		t.Errorf("%s: the schema does not have it", name)
	}
	for place, want := range map[string][]string{
		"askStep.ask": askTypes, "doneStep.done": doneOutcomes, "guideStep.pace": paces, "source.confidence": confidences,
	} {
		def, key, _ := strings.Cut(place, ".")
		prop, _ := defs[def]["properties"].(map[string]any)[key].(map[string]any)
		if !sameNames(texts(prop["enum"]), want) {
			t.Errorf("%s: the schema has %v, the loader %v", place, prop["enum"], want)
		}
	}
	if !sameNames(texts(defs["secret"]["enum"]), secrets) {
		t.Errorf("secret: the schema has %v, the loader %v", defs["secret"]["enum"], secrets)
	}
}

func texts(list any) []string {
	var out []string
	items, _ := list.([]any)
	for _, x := range items {
		out = append(out, fmt.Sprint(x))
	}
	return out
}

func sameNames(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// TestSchemaDescribesEveryKey: the text is what an editor program shows.
func TestSchemaDescribesEveryKey(t *testing.T) {
	for name, def := range schemaDefs(t) {
		props, _ := def["properties"].(map[string]any)
		for key, p := range props {
			if d, _ := p.(map[string]any)["description"].(string); len(d) < 3 || !strings.HasSuffix(d, ".") && !strings.HasSuffix(d, "…") {
				t.Errorf("%s.%s has no description that is a sentence: %q", name, key, d)
			}
		}
	}
}

// TestSchemaTakesTheBundledPack validates every file of the bundled and of the
// sound pack.
func TestSchemaTakesTheBundledPack(t *testing.T) {
	s, seen := compiledSchema(t), map[string]int{}
	for _, folder := range []fs.FS{Bundled(), os.DirFS("testdata/sound")} {
		err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
				return err
			}
			data, err := fs.ReadFile(folder, name)
			if err != nil {
				return err
			}
			seen[path.Dir(name)]++
			if err := s.Validate(schemaValue(t, data)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{".", "ru", "es", "tests"} {
		if seen[dir] < 30 {
			t.Errorf("only %d files of the folder %q", seen[dir], dir)
		}
	}
}

// schemaValue is a YAML file as programs for editors see it: YAML 1.2, in
// which dates are text. It is nil for a file that is no YAML.
func schemaValue(t testing.TB, data []byte) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Load(data, &n); err != nil || len(n.Content) == 0 {
		return nil
	}
	return jsonOf(n.Content[0])
}

func jsonOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = jsonOf(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, jsonOf(c))
		}
		return out
	}
	switch n.Tag {
	case "!!int", "!!float":
		return json.Number(n.Value)
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

// schemaBlind are the broken packs whose fault a schema cannot see, because
// more than the form of one value decides.
var schemaBlind = map[string]string{
	"E01-yml": "the file's name", "E01-upper-case-ending": "the file's name",
	"E03-outcome": "the other flow", "E03-guide-source": "pack.yaml", "E03-no-flow": "the folder",
	"E21-tried": "the other step", "E21-case-type": "the other step", "E21-phrase": "its meaning", "E21-pattern": "its meaning",
	"E22-category": "pack.yaml", "E22-option": "the other step", "E22-yes-no": "the other step", "E22-pattern": "the other step",
	"E22-fact-language": "pack.yaml", "E22-close-before-remind": "the other value", "E22-base-language": "the other value",
	"E22-folder": "pack.yaml", "E22-translation-language": "the folder",
}

// schemaSharp are faults of other kinds that the form shows as well.
var schemaSharp = []string{"E02-picture-outside"}

// TestSchemaRefusesBrokenPacks: the schema refuses a file of every broken pack
// whose fault shows in the form, and none of the others.
func TestSchemaRefusesBrokenPacks(t *testing.T) {
	s, refused := compiledSchema(t), 0
	names, err := fs.Glob(os.DirFS("testdata/broken"), "*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		id := strings.TrimSuffix(name, ".txtar")
		a, err := txtar.ParseFile("testdata/broken/" + name)
		if err != nil {
			t.Fatal(err)
		}
		bad := ""
		for _, f := range a.Files {
			v := schemaValue(t, f.Data)
			if v == nil || !strings.HasSuffix(f.Name, ".yaml") {
				continue
			}
			if err := s.Validate(v); err != nil {
				bad = f.Name + ": " + err.Error()
			}
		}
		structural := strings.Contains("E01 E03 E21 E22", id[:3])
		switch {
		case structural && schemaBlind[id] == "" && bad == "":
			t.Errorf("%s: the schema takes it", id)
		case structural && schemaBlind[id] != "" && bad != "":
			t.Errorf("%s: the schema is said not to see %s, but: %s", id, schemaBlind[id], bad)
		case !structural && id[:3] != "E05" && id[:3] != "E06" && !slices.Contains(schemaSharp, id) && bad != "":
			t.Errorf("%s: the schema refuses what is right in form: %s", id, bad)
		}
		if bad != "" {
			refused++
		}
	}
	t.Logf("%d of %d broken packs are refused by the schema", refused, len(names))
}

// TestSchemaAndLoaderAgree takes every key of the sound pack away, and puts an
// unknown one into every mapping: the schema refuses exactly what the loader
// finds wrong in form.
func TestSchemaAndLoaderAgree(t *testing.T) {
	s := compiledSchema(t)
	root := os.DirFS("testdata/sound")
	for _, file := range []string{"pack.yaml", "entry.yaml", "outage.yaml"} {
		data, err := fs.ReadFile(root, file)
		if err != nil {
			t.Fatal(err)
		}
		for what, edited := range mutants(t, data) {
			problems := loadWith(root, file, edited)
			form := slices.ContainsFunc(problems, func(p Problem) bool {
				beyond := strings.Contains(p.Message, "what happens") && !strings.Contains(p.Message, "\"failed\"") || strings.Contains(p.Message, "come from")
				return p.File == file && (p.Code == "E01" || p.Code == "E03" && !beyond ||
					p.Code == "E21")
			})
			err := s.Validate(schemaValue(t, edited))
			if form != (err != nil) {
				t.Errorf("%s, %s: the loader says %v, the schema %v", file, what, problems, err)
			}
		}
	}
}

func loadWith(root fs.FS, file string, data []byte) []Problem {
	files := fstest.MapFS{}
	for _, name := range []string{"pack.yaml", "entry.yaml", "outage.yaml", "media/page.png"} {
		old, err := fs.ReadFile(root, name)
		if err != nil {
			panic(err)
		}
		files[name] = &fstest.MapFile{Data: old}
	}
	files[file] = &fstest.MapFile{Data: data}
	_, ps := Load(files, Options{Today: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)})
	return ps
}

// mutants are versions of a file: one without each of its keys, and one with a
// key "zzz" in each of its mappings.
func mutants(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	write := func(what string, root *yaml.Node) {
		b, err := yaml.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		out[what] = b
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		t.Fatal(err)
	}
	var visit func(n *yaml.Node, path string)
	visit = func(n *yaml.Node, path string) {
		if n.Kind == yaml.MappingNode {
			whole := n.Content
			for i := 0; i+1 < len(whole); i += 2 {
				n.Content = slices.Concat(whole[:i], whole[i+2:])
				write("without "+path+"."+whole[i].Value, &root)
			}
			n.Content = append(slices.Clone(whole), &yaml.Node{Kind: yaml.ScalarNode, Value: "zzz"}, &yaml.Node{Kind: yaml.SequenceNode})
			write("with "+path+".zzz", &root)
			n.Content = whole
			for i := 0; i+1 < len(whole); i += 2 {
				visit(whole[i+1], path+"."+whole[i].Value)
			}
			return
		}
		for i, c := range n.Content {
			visit(c, fmt.Sprintf("%s[%d]", path, i))
		}
	}
	visit(root.Content[0], "")
	return out
}

func TestSchemaIsTidy(t *testing.T) {
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(SchemaJSON()), "", "  "); err != nil {
		t.Fatal(err)
	}
	if out.String()+"\n" != string(SchemaJSON()) {
		t.Error("schema.json is not indented by two spaces")
	}
}

// TestSchemaReadsYAML12: an unquoted yes, no, on or off reaches the schema as
// text, as it does in an editor.
func TestSchemaReadsYAML12(t *testing.T) {
	got := schemaValue(t, []byte("{yes: no, on: off, a: true, d: 2026-11-23, n: 2}"))
	want := map[string]any{"yes": "no", "on": "off", "a": true, "d": "2026-11-23", "n": json.Number("2")}
	if !maps.Equal(got.(map[string]any), want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// TestSchemaDemands names the keys that each object must have; that the loader
// demands the same, TestSchemaAndLoaderAgree and the broken packs show.
func TestSchemaDemands(t *testing.T) {
	need := map[string][]string{
		"pack": {"pack", "title", "language"}, "link": {"url"}, "queue": {"title"}, "action": {"outcomes"},
		"source": {"title", "verified_at", "confidence"}, "flow": {"flow", "title", "steps"}, "option": {"label", "go"},
		"case": {"go"}, "instruction": {"say"}, "sayStep": {"say", "next"}, "askStep": {"ask", "say", "retry", "next"},
		"chooseStep": {"choose", "say"}, "checkStep": {"check", "else"}, "guideStep": {"guide", "then"}, "doStep": {"do", "when"},
		"callStep": {"call", "when"}, "gotoStep": {"goto"}, "humanStep": {"human", "reason", "say"}, "doneStep": {"done"},
		"translation": {"flow", "language"}, "packTranslation": {"pack", "language"}, "translatedText": {"of", "text"}, "tests": {"flow"},
	}
	for name, def := range schemaDefs(t) {
		if !sameNames(texts(def["required"]), need[name]) {
			t.Errorf("%s: the schema demands %q, want %q", name, def["required"], need[name])
		}
	}
}

// TestSchemaTellsKindsApart: the keywords of steps and of the lines of a test,
// and the form of names, are those of the program.
func TestSchemaTellsKindsApart(t *testing.T) {
	defs := schemaDefs(t)
	keywords := func(list any, in string) []string {
		var out []string
		for _, x := range list.([]any) {
			m := x.(map[string]any)
			if in != "" {
				m = m[in].(map[string]any)
			}
			out = append(out, texts(m["required"])...)
		}
		return out
	}
	var kinds []string
	for _, k := range kindKeywords {
		kinds = append(kinds, string(k))
	}
	if got := keywords(defs["step"]["allOf"], "if"); !sameNames(got, kinds) {
		t.Errorf("the schema tells steps apart by %q, the loader by %q", got, kinds)
	}
	var verbs, keys []string
	for _, x := range dialoguetestTable(t, "verbs").Elts {
		kv := x.(*ast.KeyValueExpr)
		verbs = append(verbs, literal(t, kv.Key)...)
		keys = append(keys, literal(t, kv.Value)...)
	}
	if got := keywords(defs["testStep"]["oneOf"], ""); !sameNames(got, verbs) {
		t.Errorf("the schema tells lines of a test apart by %q, dialoguetest by %q", got, verbs)
	}
	props := defs["testStep"]["properties"].(map[string]any)
	keys = slices.Compact(slices.Sorted(slices.Values(append(keys, verbs...))))
	if got := slices.Collect(maps.Keys(props)); !sameNames(got, keys) {
		t.Errorf("lines of a test: the schema has %q, dialoguetest %q", got, keys)
	}
	for key, table := range map[string]string{"end": "ends", "attach": "attachments"} {
		want := literal(t, dialoguetestTable(t, table))
		if got := texts(props[key].(map[string]any)["enum"]); !sameNames(got, want) {
			t.Errorf("%s: the schema has %q, dialoguetest %q", key, got, want)
		}
	}
	for name, re := range map[string]*regexp.Regexp{"flowName": flowID, "stepName": stepID, "deepLink": linkID, "reasonWord": reasonID} {
		if defs[name]["pattern"] != re.String() {
			t.Errorf("%s: the schema has the pattern %v, the loader %v", name, defs[name]["pattern"], re)
		}
	}
}

// dialoguetestTable reads a table out of the source of package dialoguetest,
// which imports this one.
func dialoguetestTable(t *testing.T, name string) *ast.CompositeLit {
	t.Helper()
	files, err := fs.Glob(os.DirFS("../bot/dialoguetest"), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), "../bot/dialoguetest/"+file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				if v := s.(*ast.ValueSpec); v.Names[0].Name == name && len(v.Values) == 1 {
					return v.Values[0].(*ast.CompositeLit)
				}
			}
		}
	}
	t.Fatalf("package dialoguetest has no table %q", name)
	return nil
}

// literal are the texts of a list, or of one text; none of nil.
func literal(t *testing.T, e ast.Expr) []string {
	t.Helper()
	var out []string
	switch e := e.(type) {
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			out = append(out, literal(t, x)...)
		}
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = []string{s}
	}
	return out
}

// TestSchemaRefuses sets what is wrong beside the nearest that is right, so that
// nothing is refused for another reason.
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
		{"empty words out of hours", flow, "{human: desk, reason: stuck, say: W, closed: Later}", "{human: desk, reason: stuck, say: W, closed: ''}"},
		{"list for the name of a flow", flow, "{call: b, when: {solved: one}}", "{call: [b], when: {solved: one}}"},
		{"list for a deep link", lines, "{open: forgot}", "{open: [forgot]}"},
		{"number for a date", pack, "sources: {s: {title: S, confidence: low, verified_at: 2026-11-23}}", "sources: {s: {title: S, confidence: low, verified_at: 2026}}"},
		{"choice in words", lines, "{click: on_site}", "{click: On the site}"},
		{"bare line", lines, "restart", "start"},
		{"twice two things", lines, "{twice: {click: yes}}", "{twice: {click: yes, user: yes}}"},
		{"attachment", lines, "{attach: image, text: {ru: T}}", "{attach: picture, text: {ru: T}}"},
		{"test file without tests", "{flow: a%s}", ", routes: {help me: none}", ""},
		{"no kind of file", "{%s: a, title: A, language: en}", "pack", "pak"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := s.Validate(schemaValue(t, fmt.Appendf(nil, c.around, c.right))); err != nil {
				t.Errorf("refuses what is right: %v", err)
			}
			if s.Validate(schemaValue(t, fmt.Appendf(nil, c.around, c.wrong))) == nil {
				t.Errorf("takes %s", fmt.Sprintf(c.around, c.wrong))
			}
		})
	}
}
