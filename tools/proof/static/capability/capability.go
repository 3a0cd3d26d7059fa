// Package capability asks github.com/google/capslock what the functions of a program are able to
// do: files, network, system calls, other programs, unsafe pointers and so on. It runs nothing of
// what it reads, and knows no more than capslock does: all of golang.org/x/sys is one SYSTEM_CALLS
// there, a socket the same as an ioctl, which is why tools/proof/static/calls looks at the numbers.
// It stands outside the data path, for tools/proof/static.
package capability

import (
	"cmp"
	"context"
	"go/types"
	"slices"
	"strings"

	"github.com/google/capslock/analyzer"
	"golang.org/x/tools/go/packages"

	"tellijn/tools/proof/static/graph"
)

// Found is one capability that a package has, by itself or through what it calls.
type Found struct {
	Name    string // such as FILES
	Package string // import path
	Way     string // the functions from there to the capability
}

// In loads packages as for a board and gives what they, and all that they import outside Go
// itself, are able to do; sorted, one of each. keep tells which packages count.
func In(ctx context.Context, s graph.Source, keep func(path string) bool, patterns ...string) ([]Found, error) {
	list, err := graph.Load(ctx, s, patterns...)
	if err != nil {
		return nil, err
	}
	asked := map[*types.Package]struct{}{}
	packages.Visit(list, nil, func(p *packages.Package) {
		if !graph.Standard(p.PkgPath) && keep(p.PkgPath) {
			asked[p.Types] = struct{}{}
		}
	})
	info := analyzer.GetCapabilityInfo(list, asked, &analyzer.Config{
		Classifier: analyzer.GetClassifier(true), Granularity: analyzer.GranularityPackage})
	var found []Found
	for _, c := range info.GetCapabilityInfo() {
		found = append(found, Found{strings.TrimPrefix(c.GetCapability().String(), "CAPABILITY_"), c.GetPackageDir(), c.GetDepPath()})
	}
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Package, b.Package))
	})
	return slices.CompactFunc(found, func(a, b Found) bool { return a.Name == b.Name && a.Package == b.Package }), nil
}
