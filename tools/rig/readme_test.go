package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tellijn/boards"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/real"
	"tellijn/tools/rig/steps"
)

var update = flag.Bool("update", false, "write the lists of README.md anew")

// lists are the parts of README.md that are made of the source.
func lists(t *testing.T) map[string]string {
	book, err := protocol.NewBook(steps.All())
	if err != nil {
		t.Fatal(err)
	}
	var keys, sentences, untried bytes.Buffer
	for _, k := range protocol.Keys() {
		fmt.Fprintf(&keys, "| `%s` | %s |\n", k[0], strings.ReplaceAll(k[1], "|", `\|`))
	}
	sentences.WriteString("```\n")
	for _, s := range book.Steps() {
		fmt.Fprintf(&sentences, "%s\n    %s\n", s.Pattern, s.Doc)
	}
	sentences.WriteString("```\n")
	for _, line := range real.Untried() {
		fmt.Fprintf(&untried, "- %s\n", line)
	}
	return map[string]string{"keys": keys.String(), "steps": sentences.String(), "untried": untried.String()}
}

func TestReadme(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for name, want := range lists(t) {
		from, to := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
		i, j := strings.Index(text, from), strings.Index(text, to)
		if i < 0 || j < i {
			t.Fatalf("README.md has no %s", strings.TrimSpace(from))
		}
		if i += len(from); text[i:j] != want {
			if !*update {
				t.Errorf("the list %q in README.md is not current; go test ./tools/rig -run TestReadme -update", name)
			}
			text = text[:i] + want + text[j:]
		}
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWiring holds drawing, list of parts and boards against one another.
func TestWiring(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	drawing, err := os.ReadFile("wiring.svg")
	if err != nil {
		t.Fatal(err)
	}
	var bought []string // signs in the first column of the list of parts
	sign := regexp.MustCompile(`([A-Z])(\d*)(?: to [A-Z](\d+))?`)
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z][A-Z\d]*(?:(?:, | to )[A-Z]\d*)*) \|[^|]*\|[^|]*\|$`).FindAllStringSubmatch(string(readme), -1) {
		for _, part := range sign.FindAllStringSubmatch(row[1], -1) {
			bought = append(bought, part[1]+part[2])
			from, _ := strconv.Atoi(part[2])
			to, _ := strconv.Atoi(part[3])
			for n := from + 1; n <= to; n++ {
				bought = append(bought, fmt.Sprint(part[1], n))
			}
		}
	}
	var drawn []string
	for _, m := range regexp.MustCompile(`data-component="(\w+)"`).FindAllStringSubmatch(string(drawing), -1) {
		drawn = append(drawn, m[1])
	}
	slices.Sort(bought)
	slices.Sort(drawn)
	if !slices.Equal(bought, drawn) {
		t.Errorf("bought:\n%q\ndrawn:\n%q", bought, drawn)
	}
	all, err := boards.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if b.Kind != boards.Real {
			continue
		}
		for key, line := range map[string]string{"camera_power": b.Parts.CameraPower, "camera_fed": b.Parts.CameraLamp, "lamp": b.Parts.Lamp, "button": b.Parts.Button} {
			row := regexp.MustCompile(`(?m)^\| [AB] GP\d \| .* \| pin \d+ \(` + line + "\\) \\| `" + key + "` \\|$")
			if line == "" || !row.Match(readme) || !bytes.Contains(drawing, []byte(line+": ")) {
				t.Errorf("%s of %s is %q, and the table or the drawing says something else", key, b.Name, line)
			}
		}
	}
}
