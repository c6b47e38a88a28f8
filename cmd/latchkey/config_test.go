package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const exampleConfig = "../../config.example.yaml"

// TestExampleConfig holds config.example.yaml to Config: it is read without
// complaint, gives exactly the defaults, and names every key.
func TestExampleConfig(t *testing.T) {
	cfg, err := loadConfig(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	want := defaultConfig()
	if len(cfg.Web.Embed) == 0 {
		cfg.Web.Embed = nil
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("the example gives %+v, the defaults are %+v", cfg, want)
	}
	data, err := os.ReadFile(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		t.Fatal(err)
	}
	for _, key := range keysOf(reflect.TypeFor[Config](), nil) {
		if find(&root, key) == nil {
			t.Errorf("the example does not name %s", strings.Join(key, "."))
		}
	}
}

// keysOf are the paths of all keys of a config struct.
func keysOf(t reflect.Type, prefix []string) [][]string {
	var out [][]string
	for i := range t.NumField() {
		f := t.Field(i)
		path := append(append([]string(nil), prefix...), f.Tag.Get("yaml"))
		out = append(out, path)
		if f.Type.Kind() == reflect.Struct {
			out = append(out, keysOf(f.Type, path)...)
		}
	}
	return out
}

// TestLiteralSecretsAreRefused writes thirty secrets into a config (S-49).
func TestLiteralSecretsAreRefused(t *testing.T) {
	secrets := []string{
		"postgres://u:p4ssw0rd@host/db", "postgresql://u:x@h/d", "https://user:pass@proxy.example.com",
		"xox" + "b-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx", "xox" + "p-123456789012-abcdefghijkl", "xap" + "p-1-A012345-67890-abcdef",
		"1234567890:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc", "gh" + "p_1234567890abcdefghijklmnopqrstuvwxyzAB", "gith" + "ub_pat_11AAAAAAA0aBcDeFgHiJkLmN",
		"AK" + "IAIOSFODNN7EXAMPLE", "AS" + "IAIOSFODNN7EXAMPLE", "s" + "k-proj-abcdefghijklmnopqrstuvwx", "s" + "k-ant-api03-abcdefghijklmnop", "s" + "k_live_abcdefghijklmnop",
		"r" + "k_live_abcdefghijklmnop", "AI" + "zaSyA1234567890abcdefghijklmnopqrstuv", "ya29" + ".a0AfH6SMBabcdefghijklmnopqrst", "glp" + "at-abcdefghijklmnopqrst",
		"np" + "m_abcdefghijklmnopqrstuvwxyz0123456789", "h" + "f_abcdefghijklmnopqrstuvwxyzABCDEFGH", "SG" + ".abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuv",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijklmnop", "-----BEGIN PRIVATE KEY-----", "password: hunter2", "4111 1111 1111 1111",
		"GB82 WEST 1234 5698 7654 32", "Tr0ub4dor&3Zx", "dop_" + "v1_0123456789abcdef0123456789abcdef", "py" + "pi-AgEIcHlwaS5vcmcCJDAwMDAwMDAw", "Zx9Kq2Lw8Vb4Nm7Tr5Ys3Df6Gh1Jk0Pq",
	}
	if len(secrets) < 30 {
		t.Fatalf("only %d secrets", len(secrets))
	}
	for _, s := range secrets {
		path := filepath.Join(t.TempDir(), "c.yaml")
		text, err := yaml.Dump(map[string]string{"node": s})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(path); err == nil || !strings.Contains(err.Error(), "a secret stands here openly") {
			t.Errorf("%.12s…: %v", s, err)
		}
	}
}

func TestSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("value\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	if v, err := Secret("file:" + path).resolve(none); v != "value" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Secret("file:" + path).resolve(none); err == nil || !strings.Contains(err.Error(), "can be read by others") {
		t.Errorf("an open file was taken: %v", err)
	}
	if _, err := Secret("file:" + path + "x").resolve(none); err == nil {
		t.Error("a missing file was taken")
	}
	if v, err := Secret("env:X").resolve(func(string) string { return "y" }); v != "y" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
}
