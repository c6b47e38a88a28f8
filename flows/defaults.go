package flows

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed defaults/*.yaml
var defaultFiles embed.FS

//go:embed all:account
var bundled embed.FS

//go:embed schema.json
var schema []byte

// Bundled is the folder of the pack that ships with the program.
func Bundled() fs.FS {
	sub, err := fs.Sub(bundled, "account")
	if err != nil {
		panic(err) // the folder is embedded: the build would have failed
	}
	return sub
}

// SchemaJSON is the JSON Schema of all files of a pack.
func SchemaJSON() []byte { return slices.Clone(schema) }

// always are the words that work in every step; placed only mean something
// where they are offered.
var (
	always = []string{"human", "menu", "back", "cancel", "restart", "repeat", "why", "language"}
	placed = []string{"yes", "no", "done", "stuck", "none", "failing"}
)

// Words are the words that work in every step.
func Words() []string { return slices.Clone(always) }

func allWords() []string { return append(slices.Clone(always), placed...) }

// builtin is what the program itself can say in one language.
type builtin struct {
	Language string              `yaml:"language"`
	Name     string              `yaml:"name"`
	Words    map[string][]string `yaml:"words"`
	Texts    map[string]string   `yaml:"texts"`
}

// builtins reads, once, the languages that ship with the program.
var builtins = sync.OnceValue(readBuiltins)

func readBuiltins() map[string]builtin {
	out := map[string]builtin{}
	files, err := defaultFiles.ReadDir("defaults")
	if err != nil {
		panic(err) // embedded
	}
	for _, f := range files {
		data, err := defaultFiles.ReadFile("defaults/" + f.Name())
		if err != nil {
			panic(err) // embedded
		}
		var b builtin
		if err := yaml.Load(data, &b, yaml.WithKnownFields()); err != nil {
			panic("defaults/" + f.Name() + ": " + err.Error()) // embedded; a test reads every one
		}
		out[strings.TrimSuffix(f.Name(), ".yaml")] = b
	}
	return out
}

// SystemTexts are the keys of the messages that the bot says by itself.
func SystemTexts() []string {
	var keys []string
	for k := range builtins()["en"].Texts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
