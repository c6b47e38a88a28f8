package flows

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// placeholders are the names in braces of a text, sorted.
func placeholders(s string) []string {
	var out []string
	scan(s, func(string) {}, func(name string) { out = append(out, name) })
	slices.Sort(out)
	return out
}

// scan walks a text: literal gets plain runs, hole the names in braces. "{{"
// is a literal brace.
func scan(s string, literal, hole func(string)) {
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			literal(s)
			return
		}
		literal(s[:i])
		s = s[i+1:]
		if strings.HasPrefix(s, "{") {
			literal("{")
			s = s[1:]
			continue
		}
		j := strings.IndexByte(s, '}')
		if j < 0 {
			literal("{" + s)
			return
		}
		hole(s[:j])
		s = s[j+1:]
	}
}

// fillAll puts brand words and links into every text of the pack.
func (l *loader) fillAll() {
	for _, t := range l.pp.texts {
		if strings.HasPrefix(t.Key, "link.") || strings.HasPrefix(t.Key, "brand.") {
			l.fill(t)
		}
	}
	l.copyNames()
	for _, t := range l.pp.texts {
		if !strings.HasPrefix(t.Key, "link.") && !strings.HasPrefix(t.Key, "brand.") {
			l.fill(t)
		}
	}
	l.copyNames()
	for _, pf := range l.flows {
		for _, t := range pf.texts {
			l.fill(t)
		}
	}
}

// copyNames carries filled texts to where the pack keeps them by value, and
// gives links without a label the name of their host.
func (l *loader) copyNames() {
	p := l.pack
	for _, t := range l.pp.texts {
		if name, ok := strings.CutPrefix(t.Key, "brand."); ok {
			p.Brand[name] = *t
		}
		if name, ok := strings.CutPrefix(t.Key, "queue."); ok {
			if name, ok := strings.CutSuffix(name, ".hours"); ok && p.Queues[name] != nil {
				p.Queues[name].Hours = *t
			}
		}
	}
	for _, k := range p.Links {
		if !k.Label.IsZero() || k.URL.IsZero() {
			continue
		}
		if u, err := url.Parse(k.URL.base); err == nil {
			k.Label = NewText(strings.TrimPrefix(u.Host, "www."))
		}
	}
}

// fill resolves the placeholders of a text in every language it has.
func (l *loader) fill(t *Text) {
	t.base = l.resolve(t, t.raw, l.pack.Base, true)
	for lang, w := range t.words {
		t.words[lang] = l.resolve(t, w, lang, false)
	}
}

func (l *loader) resolve(t *Text, s, lang string, report bool) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	scan(s, func(lit string) { b.WriteString(lit) }, func(name string) {
		kind, key, _ := strings.Cut(name, ".")
		switch {
		case kind == "brand" && l.pack.Brand[key].raw != "":
			b.WriteString(l.pack.Brand[key].In(lang))
			return
		case kind == "link" && l.pack.Links[key] != nil && !l.pack.Links[key].URL.IsZero():
			k := l.pack.Links[key]
			b.WriteString("[" + k.Label.In(lang) + "](" + k.URL.In(lang) + ")")
			return
		case kind == "answer" && key != "", strings.HasPrefix(t.Key, "text.") && key == "":
			b.WriteString("{" + name + "}")
			return
		}
		if report {
			l.add(t.Pos, "E02", fmt.Sprintf("the placeholder {%s} in %q stands for nothing", name, t.Key), l.placeholderFix(kind, key))
		}
	})
	return b.String()
}

func (l *loader) placeholderFix(kind, key string) string {
	switch kind {
	case "brand":
		return nearest(key, keysOf(l.pack.Brand))
	case "link":
		if l.pack.Links[key] != nil {
			return "the link has no address yet; show it with \"link:\" or \"video:\" instead, which waits for one"
		}
		return nearest(key, keysOf(l.pack.Links))
	}
	return "use {brand.…}, {link.…} or {answer.…}, and {{ for a brace"
}
