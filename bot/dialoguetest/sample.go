package dialoguetest

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// sample makes a short text that fits a pattern. Patterns that look around
// words ("\b") may defeat it; ok is then false.
func sample(re *regexp.Regexp) (s string, ok bool) {
	if re == nil {
		return "", false
	}
	p, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	write(&b, p)
	return b.String(), re.MatchString(b.String())
}

// write adds the shortest text of an expression.
func write(b *strings.Builder, p *syntax.Regexp) {
	switch p.Op {
	case syntax.OpLiteral:
		b.WriteString(string(p.Rune))
	case syntax.OpCharClass:
		if len(p.Rune) > 0 {
			b.WriteRune(first(p.Rune))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpCapture, syntax.OpPlus, syntax.OpConcat:
		for _, sub := range p.Sub {
			write(b, sub)
		}
	case syntax.OpRepeat:
		for range p.Min {
			write(b, p.Sub[0])
		}
	case syntax.OpAlternate:
		write(b, p.Sub[0])
	}
}

// first is a letter or digit of a class where it has one.
func first(class []rune) rune {
	for i := 0; i+1 < len(class); i += 2 {
		for _, want := range "A1ax" {
			if class[i] <= want && want <= class[i+1] {
				return want
			}
		}
	}
	return class[0]
}
