package protocol

import "fmt"

// hint names the pattern that is nearest to a sentence.
func (b *Book) hint(words []word) string {
	best, at := -1, 0
	for i, e := range b.entries {
		if d := distance(e.words, words); best < 0 || d < best {
			best, at = d, i
		}
	}
	if best < 0 {
		return ""
	}
	return fmt.Sprintf("; the nearest is %q", b.entries[at].step.Pattern)
}

// Costs of turning a sentence into a pattern; a word that is only spelt otherwise is a small fault.
const (
	costWord = 10
	costSlot = 4 // something else stands where a slot is
)

// distance tells how much has to be changed to make words fit a pattern.
func distance(pattern []string, words []word) int {
	return edit(len(pattern), len(words), costWord, func(i, j int) int {
		p, w := pattern[i], words[j]
		if _, ok := match([]string{p}, words[j:j+1]); ok {
			return 0
		}
		if p == slotDuration && j+1 < len(words) {
			if _, ok := match([]string{p}, words[j:j+2]); ok {
				return 0
			}
		}
		if p[0] == '{' || w.quoted {
			return costSlot
		}
		letters := edit(len(p), len(w.text), 1, func(i, j int) int {
			if p[i] == w.text[j] {
				return 0
			}
			return 1
		})
		return min(costWord, costWord*letters/max(len(p), len(w.text)))
	})
}

// edit is the least cost of turning a row of n into one of m: whole is that of one more or one less, other that of one
// for another.
func edit(n, m, whole int, other func(i, j int) int) int {
	row := make([]int, m+1)
	for j := range row {
		row[j] = j * whole
	}
	for i := range n {
		before := row[0]
		row[0] = (i + 1) * whole
		for j := range m {
			here := min(before+other(i, j), row[j]+whole, row[j+1]+whole)
			before, row[j+1] = row[j+1], here
		}
	}
	return row[m]
}
