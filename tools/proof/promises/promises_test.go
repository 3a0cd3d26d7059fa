package promises

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// faults gives what is wrong with a list of promises.
func faults(all []Promise) (bad []string) {
	seen := map[string]int{}
	if len(all) != Count {
		bad = append(bad, "count")
	}
	for i, p := range all {
		switch {
		case p.Number != i+1:
			bad = append(bad, "number")
		case p.Kind == 0 || p.Kind >= Duty<<1:
			bad = append(bad, "kind")
		case p.Who == "":
			bad = append(bad, "who")
		case seen[p.Text] != 0:
			bad = append(bad, "twice: "+p.Text)
		}
		seen[p.Text] = p.Number
		bad = append(bad, plain(p.Text, true)...)
		if p.Rest != "" {
			bad = append(bad, plain(p.Rest, false)...)
		}
	}
	return bad
}

// plain gives what makes a text hard to read, for somebody who reads English at level B1.
func plain(text string, single bool) (bad []string) {
	words := strings.Fields(text)
	if n := len(words); n < 5 || n > 30 {
		bad = append(bad, "length: "+text)
	}
	if !strings.HasSuffix(text, ".") || strings.ToUpper(text[:1]) != text[:1] && !strings.Contains(words[0], "/") && words[0] != "go" {
		bad = append(bad, "sentence: "+text)
	}
	if single && strings.Count(text, ". ") > 0 {
		bad = append(bad, "more than one sentence: "+text)
	}
	for _, w := range words {
		if w = strings.Trim(w, ".,:;"); utf8.RuneCountInString(w) > 13 && !strings.Contains(w, "/") {
			bad = append(bad, "long word "+w+": "+text)
		}
	}
	hard := regexp.MustCompile(`(?i)\b(dpia|gdpr|seccomp|sandbox\w*|hash\w*|schema|api|cbor|tls|vlan|kernel|pixels?|byte\w*|entropy|` +
		`anonymi\w+|pseudonym\w*|controllers?|processors?|granular\w*|mitigat\w+|stakeholders?|subsidiarity|issue|#\d+)\b`)
	if w := hard.FindString(text); w != "" {
		bad = append(bad, "hard word "+w+": "+text)
	}
	if veiled := regexp.MustCompile(`(?i)\b(sensor|scanner)s?\b`); veiled.MatchString(text) {
		bad = append(bad, "it is a camera: "+text)
	}
	return bad
}

func TestAll(t *testing.T) {
	for _, f := range faults(All()) {
		t.Error(f)
	}
}

// TestFaults holds the checks of TestAll to finding each fault.
func TestFaults(t *testing.T) {
	for name, spoil := range map[string]func(all []Promise) []Promise{
		"count":     func(all []Promise) []Promise { return all[1:] },
		"number":    func(all []Promise) []Promise { all[4].Number = 6; return all },
		"kind":      func(all []Promise) []Promise { all[4].Kind = 0; return all },
		"who":       func(all []Promise) []Promise { all[4].Who = ""; return all },
		"twice":     func(all []Promise) []Promise { all[4].Text = all[7].Text; return all },
		"length":    func(all []Promise) []Promise { all[4].Text = "It is so."; return all },
		"sentence":  func(all []Promise) []Promise { all[4].Text = "no camera is in the room"; return all },
		"more than": func(all []Promise) []Promise { all[4].Text = "It is a camera. It counts people."; return all },
		"long word": func(all []Promise) []Promise { all[4].Text = "This is an incomprehensibility for all."; return all },
		"hard word": func(all []Promise) []Promise { all[4].Rest = "It comes with a hash of it."; return all },
		"it is a":   func(all []Promise) []Promise { all[4].Text = "The sensor counts people who pass."; return all },
	} {
		found := false
		for _, f := range faults(spoil(All())) {
			found = found || strings.HasPrefix(f, name)
		}
		if !found {
			t.Errorf("fault %q was not found", name)
		}
	}
}

func TestKind(t *testing.T) {
	if got := (Made | Duty).String(); got != "promise and legal duty" {
		t.Errorf("kind %q", got)
	}
	n := map[Kind]int{}
	for _, p := range All() {
		n[p.Kind]++
	}
	// Counted by hand in the list of wishes.
	for k, want := range map[Kind]int{Condition: 32, Fear: 15, Duty: 22, Made: 7, Question: 7,
		Made | Condition: 2, Made | Fear: 1, Question | Fear: 1, Fear | Duty: 1} {
		if n[k] != want {
			t.Errorf("%d of kind %q, want %d", n[k], k, want)
		}
	}
}
