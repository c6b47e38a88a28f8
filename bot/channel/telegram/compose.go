package telegram

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"latchkey/bot"
)

// part is one call: a text, or files with the words below them. The last part
// of a message has its buttons.
type part struct {
	text     []piece
	files    []upload
	keyboard *keyboard
}

type upload struct {
	video bool
	name  string
	data  []byte
	alt   string
}

// How large files may be that a bot sends, in bytes
// (https://core.telegram.org/bots/api#sending-files), and how many stand in
// one album.
const (
	maxPhoto = 10 << 20
	maxVideo = 50 << 20
	maxAlbum = 10
)

// compose makes the calls that show a message.
func (a *Channel) compose(m bot.Outgoing, owner string) ([]part, error) {
	k, err := buttons(m, owner)
	if err != nil {
		return nil, err
	}
	words, files := a.words(m)
	var parts []part
	switch {
	case len(files) == 1 && size(trim(words)) <= maxCaption:
		parts = append(parts, part{text: trim(words), files: files})
		words = nil
	case len(files) > 0:
		for len(files) > 0 {
			n := min(len(files), maxAlbum)
			parts = append(parts, part{files: files[:n]})
			files = files[n:]
		}
	}
	for _, w := range split(words, maxText) {
		parts = append(parts, part{text: w})
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("the message says nothing")
	}
	last := &parts[len(parts)-1]
	if k != nil && len(last.files) > 1 { // an album cannot have buttons
		parts = append(parts, part{text: []piece{{text: "⬇️"}}})
		last = &parts[len(parts)-1]
	}
	last.keyboard = k
	return parts, nil
}

// words are a message's text with its author, its place in a guide and its
// links, and the files that go with it.
func (a *Channel) words(m bot.Outgoing) ([]piece, []upload) {
	var out []piece
	if m.Author != "" {
		out = append(out, piece{"👤 ", style{}}, piece{clean(m.Author), style{bold: true}}, piece{"\n", style{}})
	}
	if p := m.Message.Progress; p != nil {
		out = append(out, piece{fmt.Sprintf("%d/%d", p.Step, p.Of), style{bold: true}}, piece{"\n", style{}})
	}
	out = append(out, markdown(m.Message.Text)...)
	var files []upload
	for _, md := range m.Message.Media {
		if f, ok := a.file(md); ok {
			files = append(files, f)
			continue
		}
		label, link := clean(md.Alt), address(md.URL)
		if label == "" {
			label = link
		}
		if label != "" {
			out = append(out, piece{"\n\n" + mark(md.Kind), style{}}, piece{label, style{link: link}})
		}
	}
	return out, files
}

func mark(k bot.MediaKind) string {
	switch k {
	case bot.MediaImage:
		return "🖼 "
	case bot.MediaVideo:
		return "🎬 "
	}
	return "🔗 "
}

// file reads a picture or video of the pack. What cannot be read, or is too
// large, is told by its description.
func (a *Channel) file(m bot.Media) (upload, bool) {
	folder := a.look().Media
	if m.Path == "" || m.Kind == bot.MediaLink || folder == nil {
		return upload{}, false
	}
	name := strings.TrimPrefix(path.Clean("/"+m.Path), "/")
	data, err := fs.ReadFile(folder, name)
	limit := maxPhoto
	if m.Kind == bot.MediaVideo {
		limit = maxVideo
	}
	if err != nil || len(data) == 0 || len(data) > limit {
		a.o.Log.Warn("file of the pack not shown", "channel", Name, "file", name, "bytes", len(data), "err", err)
		return upload{}, false
	}
	return upload{video: m.Kind == bot.MediaVideo, name: path.Base(name), data: data, alt: m.Alt}, true
}
