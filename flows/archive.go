package flows

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// maxArchive bounds a pack as a whole, in bytes, packed or unpacked.
const maxArchive = 64 << 20

// Archive packs the files of a pack's folder that make a release (tests are
// none of them) into a zip that Unarchive reads. The same files give the same
// bytes.
func Archive(fsys fs.FS) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	total := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && name != "media" && !langFolder(name) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasPrefix(name, "media/") && path.Ext(name) != ".yaml" {
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if total += len(data); total > maxArchive {
			return fmt.Errorf("the pack has more than %d MiB", maxArchive>>20)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Unix(0, 0).UTC()})
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("archive the pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("archive the pack: %w", err)
	}
	return b.Bytes(), nil
}

// Unarchive is the folder that an archive holds. Everything is unpacked into
// memory at once, within the bound, so that a damaged archive fails here and
// not in the middle of a conversation.
func Unarchive(data []byte) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("open the archived pack: %w", err)
	}
	total := int64(0)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("open %s of the archived pack: %w", f.Name, err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, maxArchive+1))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("read %s of the archived pack: %w", f.Name, err)
		}
		if total += n; total > maxArchive {
			return nil, fmt.Errorf("the archived pack has more than %d MiB", maxArchive>>20)
		}
	}
	return z, nil
}
