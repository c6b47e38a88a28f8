// Package articles holds the articles that ship with the program, written
// around the bundled pack: NAME.md in English, ru/ and es/ beside them.
package articles

import (
	"embed"
	"io/fs"
)

//go:embed *.md ru/*.md es/*.md
var files embed.FS

// Bundled is the folder of the articles.
func Bundled() fs.FS { return files }
