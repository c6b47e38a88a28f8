package knowledge

import "slices"

// alikeShare is the share of words, by their beginnings, that two texts must
// have in common to be one question. Words that most of the texts have count
// no less: what is grouped here are a few hundred short messages.
const alikeShare = 0.5

// Group puts texts that are alike together: each group holds the indices of
// its texts in their order, the largest group first. A text joins the group
// whose first text is most like it.
func Group(texts []string) [][]int {
	var groups [][]int
	var heads [][]string
	for i, text := range texts {
		words := stems(text)
		slices.Sort(words)
		words = slices.Compact(words)
		best, at := 0.0, -1
		for g, head := range heads {
			if share := common(words, head); share >= alikeShare && share > best {
				best, at = share, g
			}
		}
		if at >= 0 {
			groups[at] = append(groups[at], i)
			continue
		}
		groups, heads = append(groups, []int{i}), append(heads, words)
	}
	slices.SortStableFunc(groups, func(a, b []int) int { return len(b) - len(a) })
	return groups
}

// common is how many words two sorted lists share, of all that they have.
func common(a, b []string) float64 {
	n, j := 0, 0
	for _, w := range a {
		for j < len(b) && b[j] < w {
			j++
		}
		if j < len(b) && b[j] == w {
			n++
		}
	}
	if all := len(a) + len(b) - n; all > 0 {
		return float64(n) / float64(all)
	}
	return 1 // neither has a word: emoji, a number
}
