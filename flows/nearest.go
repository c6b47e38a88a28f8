package flows

import (
	"fmt"
	"slices"
	"strings"
)

// closest is the known name that a wrong one is probably meant to be; ok is
// false when none is near enough.
func closest(wrong string, known []string) (name string, ok bool) {
	best, at := "", 99
	for _, k := range known {
		if n := distance(strings.ToLower(wrong), strings.ToLower(k)); n < at {
			best, at = k, n
		}
	}
	// Half the word must be right: "en" is not what "ru" was meant to be.
	return best, best != "" && at <= max(2, len(best)/3) && 2*at <= max(len(best), len(wrong))
}

// nearest says which of the known names a wrong one may have meant.
func nearest(wrong string, known []string) string {
	if name, ok := closest(wrong, known); ok {
		return fmt.Sprintf("did you mean %q?", name)
	}
	names := slices.Clone(known)
	slices.Sort(names)
	if len(names) > 12 {
		names = append(names[:12], "…")
	}
	if len(names) == 0 {
		return "none is declared"
	}
	return "it can be " + strings.Join(names, ", ")
}

// distance is the edit distance of Levenshtein with unit costs.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 99
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diag := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diag
			if x[i] != y[j] {
				cost = 1 + min(diag, row[j], row[j+1])
			}
			diag, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
