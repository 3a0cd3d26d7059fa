package static

import (
	"fmt"
	"strings"

	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/static/find"
	"tellijn/tools/proof/static/lists"
	"tellijn/tools/rules/names"
	"tellijn/tools/rules/source"
)

// worded judges the vocabulary: names in the code of the device, and flags of its programs.
func worded(tree *source.Tree) ([]claim.Result, error) {
	var wrong []string
	elsewhere := lists.Found{}
	for _, f := range names.Check(tree) {
		if strings.HasPrefix(f.Text, "name from elsewhere") {
			elsewhere[f.Name] = "both"
		} else {
			wrong = append(wrong, f.String())
		}
	}
	wrong, others, err := against("words", elsewhere, wrong)
	if err != nil {
		return nil, err
	}
	found, bad := find.Flags(tree)
	flags, n, err := against("flags", found, bad)
	if err != nil {
		return nil, err
	}
	return []claim.Result{
		judged("Names in the source that mean taking a picture", "no name declared in the code of the device, and none that it takes from elsewhere but those on a list, has a part that means taking or keeping a picture",
			fmt.Sprintf("%d among %d names, %d of others on the list", len(wrong), names.Looked(tree), others), wrong, 29, 53, 64),
		judged("Flags of the programs, against a list", "every flag of the programs of the device stands on a list; none switches on a way to see; the eye knows one argument, -manifest, which prints what it may do",
			fmt.Sprintf("%d not as listed, %d flags", len(flags), n), flags, 29, 64),
	}, nil
}
