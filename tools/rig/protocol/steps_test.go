package protocol

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/tools/rig/bench"
)

func step(pattern string) bench.Step {
	return bench.Step{Pattern: pattern, Doc: "does it", Do: func(context.Context, *bench.Scene, bench.Args) (string, error) { return "", nil }}
}

func book(t *testing.T) *Book {
	t.Helper()
	check := step("check it")
	check.Check = true
	b, err := NewBook([]bench.Step{step("switch the board on"), step("the console says {text} within {duration}"), step("hold the button for {duration}"),
		step("{number} more records arrive within {duration}"), step("the switch is {word}"), check})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFind(t *testing.T) {
	b := book(t)
	for line, want := range map[string]bench.Args{
		"switch the  board\ton":                    {},
		`the console says "a  b|c" within 1.5 min`: {Texts: []string{"a  b|c"}, Durations: []time.Duration{90 * time.Second}},
		`the console says "" within 250 ms`:        {Texts: []string{""}, Durations: []time.Duration{250 * time.Millisecond}},
		"-3 more records arrive within 720 h":      {Numbers: []int{-3}, Durations: []time.Duration{720 * time.Hour}},
		"the switch is welded":                     {Texts: []string{"welded"}},
	} {
		if _, args, err := b.Find(line); err != nil || !reflect.DeepEqual(args, want) {
			t.Errorf("%q: %+v, %v, want %+v", line, args, err, want)
		}
	}
	for line, near := range map[string]string{
		"switch the bord on":                       "switch the board on",
		"switch the board":                         "switch the board on",
		"Switch the board on":                      "switch the board on",
		`the console says a within 5 s`:            "the console says {text} within {duration}",
		`the console says "a" in 5 s`:              "the console says {text} within {duration}",
		`the console says "a" within 5 hours`:      "the console says {text} within {duration}",
		`the console says "a" within 5 s please`:   "the console says {text} within {duration}",
		`the console says "a" "within" 5 s`:        "the console says {text} within {duration}",
		"3.5 more records arrive within 5 s":       "{number} more records arrive within {duration}",
		"99999999999 more records arrive within 5": "{number} more records arrive within {duration}",
		`the switch is "welded"`:                   "the switch is {word}",
		"hold the button":                          "hold the button for {duration}",
	} {
		if _, _, err := b.Find(line); err == nil || !strings.HasSuffix(err.Error(), `the nearest is "`+near+`"`) {
			t.Errorf("%q: %v, want the nearest to be %q", line, err, near)
		}
	}
}

func TestBind(t *testing.T) {
	b := book(t)
	text := "title a\nwhy b\nboard c\nexpect 1 s\n\nswitch the board on\n"
	s, err := Parse("a", text+"check it")
	if err != nil {
		t.Fatal(err)
	}
	if all, err := b.Bind(s); err != nil || len(all) != 2 || all[1].Number != 7 || !all[1].Step.Check {
		t.Errorf("%+v, %v", all, err)
	}
	for end, want := range map[string]string{"": "a:6: the last step checks nothing", "x\ny\ncheck it": `a:8: no step is "y"`} {
		s, err := Parse("a", text+end)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Bind(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", end, err, want)
		}
	}
}

func TestBook(t *testing.T) {
	for want, steps := range map[string][]bench.Step{
		"stands twice":           {step("a b"), step("a b")},
		"one space between":      {step("a  b")},
		"want words":             {step("")},
		`"{time}", want {text},`: {step("at {time}")},
		`"{text}," want`:         {step("say {text},")},
		"no text for the list":   {{Pattern: "a", Do: step("a").Do}},
		"does nothing":           {{Pattern: "a", Doc: "a"}},
	} {
		if _, err := NewBook(steps); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), `,", want`, `," want`), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	b, err := NewBook([]bench.Step{step("go {word}"), step("go on")})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Find("go on"); err == nil || !strings.Contains(err.Error(), `"go {word}" and "go on"`) {
		t.Errorf("two meanings: %v", err)
	}
	slots, err := NewBook([]bench.Step{step("go home"), step("go {number}")})
	if err != nil {
		t.Fatal(err)
	}
	for line, near := range map[string]string{"go x": "go {number}", "go hom": "go home"} { // what stands where a slot is is a smaller fault than another word
		if _, _, err := slots.Find(line); err == nil || !strings.HasSuffix(err.Error(), `"`+near+`"`) {
			t.Errorf("%q: %v, want the nearest to be %q", line, err, near)
		}
	}
	if len(b.Steps()) != 2 || b.Steps()[1].Pattern != "go on" {
		t.Error("steps are not those that were given")
	}
	if _, _, err := (&Book{}).Find("go"); err == nil || strings.Contains(err.Error(), "nearest") {
		t.Errorf("an empty book: %v", err)
	}
}

// TestFilled: every pattern matches what its slots are filled with, and gives that back; a wrong letter in one of its
// words is no match, and the hint finds the pattern again.
func TestFilled(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom(b.entries).Draw(t, "pattern")
		var want bench.Args
		var words, spoilt []string
		plain := 0
		for _, p := range e.words {
			w := p
			switch p {
			case slotText:
				want.Texts = append(want.Texts, rapid.StringMatching(`[ -!#-~]{0,20}`).Draw(t, "text"))
				w = `"` + want.Texts[len(want.Texts)-1] + `"`
			case slotWord:
				w = rapid.StringMatching(`[a-z-]{1,8}`).Draw(t, "word")
				want.Texts = append(want.Texts, w)
			case slotNumber:
				want.Numbers = append(want.Numbers, 7)
				w = "7"
			case slotDuration:
				want.Durations = append(want.Durations, 7*time.Second)
				w = "7 s"
			default:
				plain++
			}
			words, spoilt = append(words, w), append(spoilt, w)
			if w == p && plain == 2 {
				spoilt[len(spoilt)-1] += "x"
				plain++
			}
		}
		step, args, err := b.Find(strings.Join(words, " "))
		if err != nil || step.Pattern != e.step.Pattern || !reflect.DeepEqual(args, want) {
			t.Fatalf("%q: %q, %+v, %v", words, step.Pattern, args, err)
		}
		if _, _, err := b.Find(strings.Join(spoilt, " ")); err == nil || !strings.HasSuffix(err.Error(), `"`+e.step.Pattern+`"`) {
			t.Fatalf("%q: %v", spoilt, err)
		}
	})
}

// FuzzFind: whatever a sentence is, looking for it ends, and what is found is one of the book's.
func FuzzFind(f *testing.F) {
	f.Add(`the console says "a" within 5 s`)
	f.Add(`"`)
	f.Add(strings.Repeat("a ", 100))
	b, err := NewBook([]bench.Step{step("{text} {word} {number} {duration} end"), step("{word}")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) > maxLine {
			return
		}
		s, a, err := b.Find(line)
		if err == nil && len(a.Texts)+len(a.Numbers)+len(a.Durations) != strings.Count(s.Pattern, "{") {
			t.Errorf("%q: %q with %+v", line, s.Pattern, a)
		}
	})
}
