package flows_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"latchkey/bot/dialoguetest"
	"latchkey/flows"
)

// TestSchemaKnowsTheKeysOfDialogueTests: package dialoguetest takes every key
// that the schema has for a line of a test.
func TestSchemaKnowsTheKeysOfDialogueTests(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]json.RawMessage `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(flows.SchemaJSON(), &schema); err != nil {
		t.Fatal(err)
	}
	pack, ps := flows.Load(os.DirFS("testdata/sound"), flows.Options{Today: today})
	if pack == nil {
		t.Fatal(human(ps))
	}
	unknown := func(line string) bool {
		files := folder(t, "testdata/sound")
		files["tests/entry.yaml"] = &fstest.MapFile{Data: []byte("flow: entry\ntests:\n  a test:\n    - " + line + "\n    - bot: where\n")}
		_, ps := dialoguetest.Load(files, pack)
		return strings.Contains(human(ps), "has no key")
	}
	if !unknown("{zzz: x}") {
		t.Fatal("an unknown key is not reported")
	}
	keys := schema.Defs["testStep"].Properties
	if len(keys) < 20 {
		t.Fatalf("only %d keys", len(keys))
	}
	for key := range keys {
		if unknown(fmt.Sprintf("{%s: x}", key)) {
			t.Errorf("no line of a test has the key %q", key)
		}
	}
	for key := range schema.Defs["twice"].Properties {
		if unknown(fmt.Sprintf("twice: {%s: x}", key)) {
			t.Errorf("twice has no key %q", key)
		}
	}
}
