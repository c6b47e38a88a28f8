package flows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
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
	s, n := compiledSchema(t), 0
	for _, folder := range []fs.FS{Bundled(), os.DirFS("testdata/sound")} {
		err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
				return err
			}
			data, err := fs.ReadFile(folder, name)
			if err != nil {
				return err
			}
			n++
			if err := s.Validate(schemaValue(t, data)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 40 {
		t.Errorf("only %d files", n)
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
	"E03-failed": "pack.yaml", "E03-outcome": "the other flow", "E03-guide-source": "pack.yaml", "E03-no-flow": "the folder",
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
				return p.File == file && (p.Code == "E01" || p.Code == "E03" && !strings.Contains(p.Message, "what happens") && !strings.Contains(p.Message, "come from") ||
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
