// Baseline compares what the device can do with the committed lists in tools/proof/static/lists, and
// prints each difference on a line. With -update it rewrites the lists to what it found, keeps the
// reasons that are there and never invents one: a new line ends in a question mark, and the proof
// falls short until somebody writes why it is needed. It is for people who change the eye.
//
//	go run ./tools/proof/static/baseline [-update]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"tellijn/tools/proof/static/capability"
	"tellijn/tools/proof/static/find"
	"tellijn/tools/proof/static/lists"
	"tellijn/tools/rules/source"
)

func main() {
	update := flag.Bool("update", false, "rewrite the lists")
	flag.Parse()
	wrong, err := run(context.Background(), *update)
	if err != nil {
		fmt.Fprintln(os.Stderr, "baseline:", err)
		os.Exit(2)
	}
	if wrong > 0 {
		os.Exit(1)
	}
}

// run gives the number of differences.
func run(ctx context.Context, update bool) (int, error) {
	root, err := source.Root()
	if err != nil {
		return 0, err
	}
	all, err := everything(ctx, root)
	if err != nil {
		return 0, err
	}
	wrong := 0
	for name, found := range all {
		lines, err := lists.Read(name)
		if err != nil {
			return 0, err
		}
		for _, w := range lists.Compare(lines, found) {
			fmt.Printf("%s: %s\n", name, w)
			wrong++
		}
		if !update {
			continue
		}
		file := filepath.Join(root, "tools", "proof", "static", "lists", name+".txt")
		old, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		text, err := lists.Rewrite(string(old), found)
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return 0, err
		}
	}
	return wrong, nil
}

// everything is what was found, by the name of the list.
func everything(ctx context.Context, root string) (map[string]lists.Found, error) {
	eye, err := find.Load(ctx, root, nil)
	if err != nil {
		return nil, err
	}
	allowed, err := lists.Read("opens")
	if err != nil {
		return nil, err
	}
	tree, err := source.Read(root)
	if err != nil {
		return nil, err
	}
	all := map[string]lists.Found{"calls": eye.Calls(), "requests": eye.Requests(), "library": eye.Library(), "bare": eye.Bare()}
	var bad []string
	note := func(wrong []string) { bad = append(bad, wrong...) }
	var wrong []string
	all["opens"], wrong = eye.Opens(allowed)
	note(wrong)
	all["fields"], _, wrong = eye.Messages()
	note(wrong)
	all["flags"], wrong = find.Flags(tree)
	note(wrong)
	note(eye.Unseen())
	for _, w := range bad {
		fmt.Println("no list allows this:", w)
	}
	if all["capabilities"], _, err = capability.Listed(ctx, root, nil); err != nil {
		return nil, err
	}
	return all, nil
}
