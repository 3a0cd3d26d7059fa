// Rules checks the source of this repository against its own rules: who may import whom, what each
// program links, words, comments, sizes. It changes nothing and runs nothing of what it reads. It
// is for people who change the code; the same checks are tests of this package.
//
//	go run ./tools/rules
//
// It prints each finding on a line and ends with 1 if there is any without an exception.
package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"tellijn/tools/rules/imports"
	"tellijn/tools/rules/names"
	"tellijn/tools/rules/shape"
	"tellijn/tools/rules/source"
	"tellijn/tools/rules/words"
)

func main() {
	found, err := findings()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(2)
	}
	open, idle := sift(found, exceptions())
	for _, f := range open {
		fmt.Println(f)
	}
	for _, e := range idle {
		fmt.Printf("tools/rules/exceptions.go: the exception for [%s] %s in %s is no longer needed; remove it\n", e.rule, e.name, e.path)
	}
	mend := 0
	for _, e := range exceptions() {
		if e.mend {
			mend++
		}
	}
	fmt.Printf("%d findings, %d of them excepted; %d exceptions wait to be mended\n", len(found), len(found)-len(open), mend)
	if len(open)+len(idle) > 0 {
		os.Exit(1)
	}
}

// findings runs every rule.
func findings() ([]source.Finding, error) {
	root, err := source.Root()
	if err != nil {
		return nil, err
	}
	tree, err := source.Read(root)
	if err != nil {
		return nil, err
	}
	programs, err := imports.Programs(root)
	if err != nil {
		return nil, err
	}
	found := imports.Linked(programs)
	for _, rule := range []func(*source.Tree) []source.Finding{
		imports.Check, imports.Clock, names.Check, names.Only, shape.Docs, shape.State, shape.Panics, shape.Size, shape.Bulk, shape.Placed, words.Away, words.Camera, words.References,
	} {
		found = append(found, rule(tree)...)
	}
	slices.SortStableFunc(found, func(a, b source.Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line))
	})
	return found, nil
}
