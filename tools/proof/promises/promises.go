// Package promises holds the 88 things that were promised, asked, feared or required about cameras
// that count people, as data: what is wanted in one plain sentence, who wanted it, and what of it
// the checks of today do not reach. It measures nothing and never says that a promise is kept. It
// stands outside the data path; tools/proof joins it with what was measured.
package promises

import "strings"

// Count is how many promises there are. Their numbers are 1 to Count.
const Count = 88

// Kind says what sort of wish a promise answers, as a set: some are two.
type Kind uint8

// The kinds.
const (
	Made      Kind = 1 << iota // somebody in charge promised it
	Condition                  // it was demanded, or needed for the purpose
	Question                   // somebody asked
	Fear                       // a fear or a complaint
	Duty                       // the law asks for it
)

// String names the kinds in plain words, such as "promise and condition".
func (k Kind) String() string {
	var words []string
	for i, w := range []string{"promise", "condition", "question", "fear", "legal duty"} {
		if k>>i&1 != 0 {
			words = append(words, w)
		}
	}
	return strings.Join(words, " and ")
}

// Promise is one of them.
type Promise struct {
	Number int // 1 to Count
	Kind   Kind
	Who    string // who asked
	Text   string // what is wanted, in one plain sentence
	// Rest says what the checks of today do not reach, and which part of the project will show
	// it. It is empty only where they can show the whole; otherwise the promise is never held.
	Rest string
}

// All gives every promise, in the order of their numbers.
func All() []Promise {
	var all []Promise
	for _, part := range [][]Promise{council(), minister(), removal(), law()} {
		all = append(all, part...)
	}
	for i := range all {
		all[i].Number = i + 1
	}
	return all
}

// Parts of the project that are still to come, in the words of the table.
const (
	approval = "Comes with the signed approval, without which a camera gets no power."
	pages    = "The collector keeps and exports the numbers; its pages and reports are not built yet."
	dossier  = "Comes with the dossier, the part that writes the documents."
	lamp     = "Needs a board: a lamp on the power of the camera and a cover are hardware."
	handover = "Comes with the tools for taking devices out of use."
)
