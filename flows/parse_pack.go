package flows

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

// The keys of pack.yaml and of its parts.
var (
	packKeys     = []string{"pack", "title", "language", "languages", "brand", "hosts", "links", "categories", "queues", "sources", "actions", "facts", "defaults", "words", "texts"}
	langKeys     = []string{"required", "best_effort"}
	linkKeys     = []string{"url", "label"}
	queueKeys    = []string{"title", "hours", "closed"}
	sourceKeys   = []string{"title", "url", "verified_at", "confidence"}
	actionKeys   = []string{"outcomes", "with"}
	defaultsKeys = []string{"retries", "idle", "burst", "queue", "ask_language"}
	idleDefaults = []string{"remind", "close"}
	confidences  = []string{"low", "medium", "high"}
)

// parsedPack is pack.yaml as it was read.
type parsedPack struct {
	doc    *doc
	pack   *Pack
	texts  []*Text // everything that can be translated, in file order
	added  map[string][]string
	system map[string]*Text
	refs   []nameRef
	parsed bool
}

func parsePack(file string, data []byte) *parsedPack {
	d := &doc{file: file}
	pp := &parsedPack{doc: d, added: map[string][]string{}, system: map[string]*Text{}, pack: &Pack{
		Brand: map[string]Text{}, Links: map[string]*Link{}, Queues: map[string]*Queue{}, Sources: map[string]*Source{},
		Actions: map[string]*Action{}, Flows: map[string]*Flow{},
		Defaults: Defaults{Retries: 2, Remind: 15 * time.Minute, Close: 24 * time.Hour, Burst: 2 * time.Second, Languages: true},
	}}
	root := d.parse(data)
	if root == nil {
		return pp
	}
	o, ok := d.object(root, "pack.yaml", packKeys)
	if !ok {
		return pp
	}
	pp.parsed = true
	p := pp.pack
	if n := o.need("pack", "pack.yaml"); n != nil {
		p.ID = d.id(n, "the pack's id", flowID)
	}
	if n := o.need("title", "pack.yaml"); n != nil {
		pp.text(&p.Title, "title", n)
	}
	if n := o.need("language", "pack.yaml"); n != nil {
		p.Base = d.language(n)
	}
	if p.Base == "" {
		p.Base = "en" // reported above; the other checks can still be made
	}
	pp.languages(o.get("languages"))
	pp.brand(o.get("brand"))
	p.Hosts = d.hosts(o.get("hosts"))
	pp.links(o.get("links"))
	pp.categories(o.get("categories"))
	pp.queues(o.get("queues"))
	pp.sources(o.get("sources"))
	pp.actions(o.get("actions"))
	p.Facts = d.names(o.get("facts"), "facts")
	pp.defaults(o.get("defaults"))
	for k, v := range d.wordLists(o.get("words")) {
		pp.added[k] = v
	}
	pp.systemTexts(o.get("texts"))
	return pp
}

func (pp *parsedPack) text(t *Text, key string, n *yaml.Node) {
	if n == nil {
		return
	}
	t.raw = pp.doc.words(n, fmt.Sprintf("%q", key))
	t.base, t.Key, t.Pos = t.raw, key, pp.doc.pos(n)
	if t.raw != "" {
		pp.texts = append(pp.texts, t)
	}
}

func (pp *parsedPack) languages(n *yaml.Node) {
	if n == nil {
		return
	}
	if o, ok := pp.doc.object(n, "languages", langKeys); ok {
		pp.pack.Required = pp.languageList(o.get("required"), "required")
		pp.pack.BestEffort = pp.languageList(o.get("best_effort"), "best_effort")
	}
}

// languageList reads languages beside the base one; each may stand once.
func (pp *parsedPack) languageList(n *yaml.Node, what string) []string {
	var out []string
	for _, c := range pp.doc.list(n, what) {
		lang := pp.doc.language(c)
		switch {
		case lang == "":
		case lang == pp.pack.Base:
			pp.doc.report(c, "E22", fmt.Sprintf("the language %q is the base language", lang), "take it out of \"languages\"")
		case slices.Contains(pp.pack.Required, lang) || slices.Contains(out, lang):
			pp.doc.report(c, "E05", fmt.Sprintf("the language %q stands twice", lang), "keep one of them")
		default:
			out = append(out, lang)
		}
	}
	return out
}

// language reads the code of a language, which is also the name of its folder.
func (d *doc) language(n *yaml.Node) string {
	s := d.scalar(n, "a language")
	if s != "" && !langFolder(s) {
		d.report(n, "E21", fmt.Sprintf("%q is not the code of a language", s), "use small letters as in en, ru or pt-br")
		return ""
	}
	return s
}

// hostName is a host that links may point to; a bare ending such as "com"
// would allow every company.
var hostName = regexp.MustCompile(`^(?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+[\pL\pN-]{2,}$`)

func (d *doc) hosts(n *yaml.Node) []string {
	var out []string
	for _, c := range d.list(n, "hosts") {
		s := d.scalar(c, "a host")
		if s != "" && !hostName.MatchString(s) {
			d.report(c, "E21", fmt.Sprintf("%q is not the name of a host", s), "write it like example.com, without https:// and without a path")
			continue
		}
		out = append(out, s)
	}
	return out
}

// each walks the entries of an optional mapping.
func (pp *parsedPack) each(n *yaml.Node, what string, visit func(key, val *yaml.Node)) {
	if n == nil {
		return
	}
	o, ok := pp.doc.object(n, what, nil)
	if !ok {
		return
	}
	for _, k := range o.keys {
		visit(k, o.vals[k.Value])
	}
}

func (pp *parsedPack) brand(n *yaml.Node) {
	pp.each(n, "brand", func(k, v *yaml.Node) {
		t := &Text{}
		pp.text(t, "brand."+k.Value, v)
		pp.pack.Brand[k.Value] = *t
	})
}

func (pp *parsedPack) links(n *yaml.Node) {
	d := pp.doc
	pp.each(n, "links", func(k, v *yaml.Node) {
		l := &Link{Name: k.Value, Pos: d.pos(k)}
		pp.pack.Links[k.Value] = l
		o, ok := d.object(v, fmt.Sprintf("the link %q", k.Value), linkKeys)
		if !ok {
			return
		}
		if u := o.need("url", fmt.Sprintf("the link %q", k.Value)); u != nil && u.Value != "none" {
			pp.text(&l.URL, "link."+k.Value+".url", u)
		}
		if o.get("label") != nil {
			pp.text(&l.Label, "link."+k.Value+".label", o.get("label"))
		}
	})
}

func (pp *parsedPack) categories(n *yaml.Node) {
	pp.each(n, "categories", func(k, v *yaml.Node) {
		c := &Category{ID: pp.doc.id(k, "the category", flowID), Pos: pp.doc.pos(k)}
		pp.text(&c.Title, "category."+k.Value, v)
		pp.pack.Categories = append(pp.pack.Categories, c)
	})
}

func (pp *parsedPack) queues(n *yaml.Node) {
	d := pp.doc
	first := ""
	pp.each(n, "queues", func(k, v *yaml.Node) {
		q := &Queue{ID: d.id(k, "the queue", flowID), Pos: d.pos(k)}
		if first == "" {
			first = k.Value
		}
		pp.pack.Queues[k.Value] = q
		o, ok := d.object(v, fmt.Sprintf("the queue %q", k.Value), queueKeys)
		if !ok {
			return
		}
		key := "queue." + k.Value
		pp.text(&q.Title, key+".title", o.need("title", fmt.Sprintf("the queue %q", k.Value)))
		if h := o.get("hours"); h != nil {
			if h.Value == "always" {
				q.Always = true
			} else {
				t := &Text{}
				pp.text(t, key+".hours", h)
				q.Hours = *t
			}
		}
		pp.text(&q.Closed, key+".closed", o.get("closed"))
	})
	pp.pack.Defaults.Queue = first
}

func (pp *parsedPack) sources(n *yaml.Node) {
	d := pp.doc
	pp.each(n, "sources", func(k, v *yaml.Node) {
		s := &Source{ID: k.Value, Pos: d.pos(k)}
		pp.pack.Sources[k.Value] = s
		what := fmt.Sprintf("the source %q", k.Value)
		o, ok := d.object(v, what, sourceKeys)
		if !ok {
			return
		}
		s.Title = d.words(o.need("title", what), "the title")
		s.URL = d.scalar(o.get("url"), "url")
		if n := o.need("verified_at", what); n != nil {
			s.VerifiedAt = d.date(n, "verified_at")
		}
		if n := o.need("confidence", what); n != nil {
			s.Confidence = d.oneOf(n, "confidence", confidences...)
		}
	})
}

func (pp *parsedPack) actions(n *yaml.Node) {
	d := pp.doc
	pp.each(n, "actions", func(k, v *yaml.Node) {
		a := &Action{Name: d.id(k, "the action", stepID), Pos: d.pos(k)}
		pp.pack.Actions[k.Value] = a
		if o, ok := d.object(v, fmt.Sprintf("the action %q", k.Value), actionKeys); ok {
			a.Outcomes = slices.DeleteFunc(d.names(o.need("outcomes", "the action"), "outcomes"), func(s string) bool { return s == "failed" })
			a.With = d.names(o.get("with"), "with")
		}
	})
}

func (pp *parsedPack) defaults(n *yaml.Node) {
	if n == nil {
		return
	}
	d, df := pp.doc, &pp.pack.Defaults
	o, ok := d.object(n, "defaults", defaultsKeys)
	if !ok {
		return
	}
	if v := o.get("retries"); v != nil {
		df.Retries = d.number(v, "retries", 0, 5)
	}
	if v := o.get("burst"); v != nil {
		df.Burst = d.duration(v, "burst")
	}
	if v := o.get("queue"); v != nil {
		df.Queue = d.scalar(v, "queue")
		pp.refs = append(pp.refs, nameRef{"queue", df.Queue, d.pos(v)})
	}
	if v := o.get("ask_language"); v != nil {
		df.Languages = d.boolean(v, "ask_language")
	}
	if v := o.get("idle"); v != nil {
		io, ok := d.object(v, "idle", idleDefaults)
		if !ok {
			return
		}
		if r := io.get("remind"); r != nil {
			df.Remind = d.duration(r, "remind")
		}
		if c := io.get("close"); c != nil {
			df.Close = d.duration(c, "close")
		}
		if df.Close <= df.Remind {
			d.report(v, "E22", fmt.Sprintf("the conversation would close after %s, before the reminder after %s", hours(df.Close), hours(df.Remind)), "make \"close\" longer than \"remind\"")
		}
	}
}

// wordLists reads ways to say the built-in words.
func (d *doc) wordLists(n *yaml.Node) map[string][]string {
	out := map[string][]string{}
	if n == nil {
		return out
	}
	o, ok := d.object(n, "words", allWords())
	if !ok {
		return out
	}
	for _, k := range o.keys {
		for _, c := range d.list(o.vals[k.Value], k.Value) {
			if s := d.words(c, "a way to say "+k.Value); s != "" {
				out[k.Value] = append(out[k.Value], s)
			}
		}
	}
	return out
}

func (pp *parsedPack) systemTexts(n *yaml.Node) {
	if n == nil {
		return
	}
	o, ok := pp.doc.object(n, "texts", SystemTexts())
	if !ok {
		return
	}
	for _, k := range o.keys {
		t := &Text{}
		pp.text(t, "text."+k.Value, o.vals[k.Value])
		pp.system[k.Value] = t
	}
}
