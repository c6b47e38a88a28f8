package flows

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var (
	// mdLink matches [label](target) of CommonMark without nesting.
	mdLink = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]*)[^)]*\)`)
	// bareLink matches an address that stands in a text by itself.
	bareLink = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>"')\]]+`)
	// bareHost matches words that readers and chat programs take for a host.
	// The endings are common ones; a host with a rarer ending is still caught
	// when it is written as an address.
	bareHost = regexp.MustCompile(`(?i)(?:^|[^\pL\pN@./_-])((?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+(?:com|net|org|info|biz|io|co|me|app|dev|ru|su|рф|es|de|uk|cn|us|eu|shop|store|online|site|top|xyz|click|link|help|support))(?:$|[^\pL\pN@-])`)
)

// checkLinks holds every link of every text against the allowed hosts, and
// every label that looks like an address against its target.
func (l *loader) checkLinks() {
	for _, name := range keysOf(l.pack.Links) {
		l.linkLabel(l.pack.Links[name])
	}
	for _, t := range l.pp.texts {
		l.inAll(t, func(x langText) {
			if strings.HasPrefix(x.Key, "link.") && strings.HasSuffix(x.Key, ".url") {
				if why := l.pack.badLink(x.words); why != "" {
					l.add(x.pos, "E35", fmt.Sprintf("the address %q %s", x.words, why), "use an https address on a host of \"hosts\"")
				}
				return
			}
			l.linksIn(x)
		})
	}
	l.eachFlow(func(l *loader, pf *parsedFlow) {
		for _, t := range pf.texts {
			l.inAll(t, l.linksIn)
		}
	})
}

// linkLabel reports a named link whose label names another address.
func (l *loader) linkLabel(k *Link) {
	if k.Label.Pos.File == "" {
		return // made of the address itself
	}
	l.inAll(&k.Label, func(x langText) {
		if target := k.URL.In(x.lang); misleads(x.words, target) {
			l.add(x.pos, "E35", fmt.Sprintf("the label %q looks like an address, but the link %q leads to %s", x.words, k.Name, target), "write the address that it leads to, or words")
		}
	})
}

func (l *loader) linksIn(x langText) {
	if !mayLink(x.words) {
		return
	}
	for _, m := range mdLink.FindAllStringSubmatch(x.words, -1) {
		if misleads(m[1], m[2]) && !l.pack.named(m[1], m[2], x.lang) {
			l.add(x.pos, "E35", fmt.Sprintf("the label %q looks like an address, but leads to %s", m[1], m[2]), "write the address that it leads to, or words")
			return
		}
	}
	for _, found := range linksOf(x.words) {
		if why := l.pack.badLink(found); why != "" {
			l.add(x.pos, "E35", fmt.Sprintf("the link %q %s", found, why), "use an https address on a host of \"hosts\" in pack.yaml, or add the host there if it is yours")
			return
		}
	}
}

// mayLink tells whether a text can hold a link at all: a full stop between two
// characters, an address, or brackets. Most texts have none of these, and
// looking is much cheaper than the expressions.
func mayLink(s string) bool {
	if strings.Contains(s, "://") || strings.Contains(s, "](") {
		return true
	}
	for i := 1; i+1 < len(s); i++ {
		if s[i] == '.' && s[i-1] > ' ' && s[i+1] > ' ' {
			return true
		}
	}
	return false
}

// linksOf lists what a reader or a chat program would take for a link.
func linksOf(s string) []string {
	if !mayLink(s) {
		return nil
	}
	var out []string
	for _, m := range mdLink.FindAllStringSubmatch(s, -1) {
		out = append(out, m[2])
		if label := strings.TrimSpace(m[1]); looksLikeHost(label) {
			out = append(out, label)
		}
	}
	s = mdLink.ReplaceAllString(s, " ")
	for _, m := range bareLink.FindAllString(s, -1) {
		out = append(out, strings.TrimRight(m, ".,;:!?*_"))
	}
	s = bareLink.ReplaceAllString(s, " ")
	for _, m := range bareHost.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	return out
}

// named tells whether a link in a text came from a named one, whose own label
// has been looked at.
func (p *Pack) named(label, target, lang string) bool {
	for _, k := range p.Links {
		if k.Label.In(lang) == label && k.URL.In(lang) == target {
			return true
		}
	}
	return false
}

// misleads tells whether a label looks like an address and is not that of its
// target. A label may leave out https://, www. and everything behind the host.
func misleads(label, target string) bool {
	label = strings.TrimSpace(label)
	if target == "" || !looksLikeHost(label) && !strings.Contains(label, "://") {
		return false
	}
	shown, real := bareAddress(label), bareAddress(target)
	host, _, path := strings.Cut(shown, "/")
	if path {
		return shown != real
	}
	realHost, _, _ := strings.Cut(real, "/")
	return host != realHost
}

// bareAddress is an address without scheme, www. and closing slash, its host
// in small letters.
func bareAddress(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	host, rest, path := strings.Cut(strings.TrimSuffix(s, "/"), "/")
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	if path {
		return host + "/" + rest
	}
	return host
}

func looksLikeHost(s string) bool { return !strings.ContainsAny(s, " \t") && bareHost.MatchString(s) }

// badLink says why a link must not be shown, or "".
func (p *Pack) badLink(s string) string {
	if !strings.Contains(s, "://") && !strings.HasPrefix(strings.ToLower(s), "mailto:") {
		s = "https://" + s
	}
	if strings.ContainsAny(s, "\\\t\n\r ") {
		return "holds a character that hides where it leads"
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "cannot be read"
	case u.Scheme != "https":
		return "is not https"
	case u.User != nil:
		return "holds a name before the host, which hides where it leads"
	case u.Port() != "":
		return "names a port"
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	for _, h := range p.Hosts {
		if h = strings.ToLower(h); h != "" && (host == h || strings.HasSuffix(host, "."+h)) {
			return ""
		}
	}
	return fmt.Sprintf("leads to %q, which is not an allowed host", host)
}

// AllowsLink tells whether an address may be shown to a customer.
func (p *Pack) AllowsLink(address string) bool { return p.badLink(address) == "" }
