package space

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/space/keys"
	"tellijn/tools/proof/space/screen"
	"tellijn/tools/proof/space/told"
	"tellijn/tools/proof/space/values"
	"tellijn/tools/rules/source"
)

// found is what a person can set, as the source has it.
type found struct {
	keys, flags, names, packages int
	tags                         []string
	missing, idle, modes         []string
	reads                        []string // places that ask and are not known
	asked                        []string // those that are, with what for
}

// find looks through the source.
func find(ctx context.Context, b *bench.Bench, tree *source.Tree) (f found, err error) {
	files, err := keys.TOML(tree)
	if err != nil {
		return f, err
	}
	flags, err := keys.Flags(tree)
	if err != nil {
		return f, err
	}
	tags, err := keys.Tags(tree)
	if err != nil {
		return f, err
	}
	orders, err := told.Fields()
	if err != nil {
		return f, err
	}
	if err := f.elsewhere(ctx, b, tree); err != nil {
		return f, err
	}
	var names []string
	for folder, all := range files {
		f.keys += len(all)
		names = append(names, all...)
		table := values.TOML()
		if folder == "firmware/scout/radio" {
			table = values.Radio()
		}
		f.compare(folder, all, table)
	}
	for _, table := range []map[string][]values.Value{values.TOML(), values.Radio()} {
		for k := range table {
			if !slices.Contains(names, k) {
				f.idle = append(f.idle, k)
			}
		}
	}
	table := values.Flags()
	for program, all := range flags {
		f.flags += len(all)
		names = append(names, all...)
		f.compareFlags(program, all, table[program])
		delete(table, program)
	}
	for program := range table {
		f.idle = append(f.idle, "flags of "+program)
	}
	for tag := range tags {
		f.tags = append(f.tags, tag)
		if values.Tags()[tag] == "" {
			f.missing = append(f.missing, "build tag "+tag+" of "+tags[tag][0])
		}
	}
	slices.Sort(f.tags)
	names = slices.Concat(names, f.tags, orders, screen.Messages(tree))
	f.names = len(names)
	f.modes = modes(names)
	return f, nil
}

// compare holds the keys of a kind of file against the table.
func (f *found) compare(folder string, have []string, table map[string][]values.Value) {
	for _, k := range have {
		if len(table[k]) == 0 {
			f.missing = append(f.missing, folder+" "+k)
		}
	}
}

func (f *found) compareFlags(program string, have []string, table map[string][]string) {
	for _, k := range have {
		if len(table[k]) == 0 {
			f.missing = append(f.missing, program+" -"+k)
		}
	}
	for k := range table {
		if !slices.Contains(have, k) {
			f.idle = append(f.idle, program+" -"+k)
		}
	}
}

// elsewhere gives the places that ask for more than files and flags.
func (f *found) elsewhere(ctx context.Context, b *bench.Bench, tree *source.Tree) error {
	more, n, err := keys.ModuleReads(ctx, b.Root)
	if err != nil {
		return err
	}
	f.packages = n
	seen := map[string]bool{}
	for _, p := range append(keys.Reads(tree), more...) {
		place := p.Name + " in " + part(p.At)
		if seen[place] {
			continue
		}
		seen[place] = true
		if why := values.Reads()[place]; why == "" {
			f.reads = append(f.reads, p.Name+" in "+p.At)
		} else {
			f.asked = append(f.asked, place+" ("+why+")")
		}
	}
	return nil
}

// part is the program or the module that a place belongs to.
func part(at string) string {
	n := 2
	if strings.Contains(at[:strings.IndexByte(at+"/", '/')], ".") {
		n = 3 // a module is named by its host too
	}
	all := strings.Split(at, "/")
	return strings.Join(all[:min(n, len(all)-1)], "/")
}

// modes gives the names that have a word for what must not be there.
func modes(names []string) (out []string) {
	bad := regexp.MustCompile(`(?i)image|photo|picture|raw|debug|dump|snapshot|preview|screenshot|capture|calibrat|level|mode|verbose|trace|frames|pixels|video|export|mask|cells|face|track|hostile`)
	for _, n := range names {
		// An interface has no face.
		if bad.MatchString(strings.ReplaceAll(n, "interface", "")) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
