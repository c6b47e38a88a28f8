package bot

import (
	"strings"
	"unicode/utf8"
)

// Message is what the bot says, free of any platform. Adapters render it
// natively and leave out what their platform cannot show.
type Message struct {
	// Text is a CommonMark subset: paragraphs, **bold**, _emphasis_, `code`,
	// bulleted and numbered lists, [label](https://…) links. No HTML, no images.
	Text     string    `json:"text"`
	Lang     string    `json:"lang"`
	Choices  []Choice  `json:"choices,omitempty"`
	Media    []Media   `json:"media,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	// Ref names the words' place in the pack. System messages have an empty
	// Flow and a step that begins with "@".
	Ref Ref `json:"ref"`
	// Ask is the type of a typed answer that is awaited ("email", …), or "".
	Ask string `json:"ask,omitempty"`
}

// Ref says which words of the pack a message shows: "where", "where.idle".
type Ref struct {
	Flow  string `json:"flow,omitempty"`
	Step  string `json:"step"`
	Field string `json:"field,omitempty"` // "" = say; retry, idle, why, n (instruction number, from 1), …
}

// String is the form tests use: "step" or "step.field".
func (r Ref) String() string {
	if r.Field == "" {
		return r.Step
	}
	return r.Step + "." + r.Field
}

// Choice is a button. The runtime turns Button into an opaque token before a
// platform sees it.
type Choice struct {
	Label  string `json:"label"`
	Button Button `json:"button"`
	// Minor marks a way out (back, menu, a person) that adapters may show
	// smaller than the answers proper.
	Minor bool `json:"minor,omitempty"`
}

// MediaKind is the kind of a Media.
type MediaKind string

// Kinds of media a message can carry.
const (
	MediaImage MediaKind = "image" // Path inside the pack
	MediaVideo MediaKind = "video" // Path inside the pack, or URL
	MediaLink  MediaKind = "link"  // URL on an allowed host, Alt is its label
)

// Media is a picture, a video or a link shown with a message.
type Media struct {
	Kind MediaKind `json:"kind"`
	Path string    `json:"path,omitempty"` // inside the pack folder, "media/slider.png"
	URL  string    `json:"url,omitempty"`
	Alt  string    `json:"alt"` // what it shows, for those who cannot see it
}

// Progress is the place in a guide: "step 3 of 8".
type Progress struct {
	Step int `json:"step"` // from 1
	Of   int `json:"of"`
}

// Escape makes s stand for itself inside a Message's text: whatever Markdown
// it holds is shown, not obeyed. Line breaks stay.
func Escape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r < utf8.RuneSelf && strings.ContainsRune("\\`*_[]()<>#!|~+-.&{}", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
