// Package attributes checks that it does not matter what people look like: that the same walkers in
// other clothes are counted alike, that no message has a place for anything about a person, and
// that two devices which see the same walker give nothing by which to tell. It changes nothing and
// shows no frame. It is a part of tools/proof; its own parts measure, and it judges.
package attributes

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"tellijn/counting/scene"
	"tellijn/tools/proof/attributes/fields"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// Names of the checks.
const (
	namePairs  = "attributes-pairs"
	nameFields = "attributes-fields"
	nameLink   = "attributes-link"
	nameMask   = "attributes-mask"
)

// Sizes of the whole measurement.
const (
	allPairs = 500 // different scenes
	allRuns  = 24  // of eight walkers at two devices
)

// Checks are all checks of this package.
func Checks() []claim.Check {
	return []claim.Check{
		{Name: namePairs, Run: func(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
			return checkPairs(ctx, allPairs, b.Say)
		}},
		{Name: nameFields, Run: func(_ context.Context, b *bench.Bench) ([]claim.Result, error) { return checkFields(b.Root) }},
		{Name: nameLink, Run: func(ctx context.Context, _ *bench.Bench) ([]claim.Result, error) { return checkLink(ctx, allRuns) }},
		{Name: nameMask, Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
			return []claim.Result{mask(reflect.TypeFor[scene.Scene]())}, nil
		}},
	}
}

func command(name string) string { return "go run ./tools/proof -only " + name }

// checkFields walks messages, keys and names.
func checkFields(root string) ([]claim.Result, error) {
	names, err := fields.All(root)
	if err != nil {
		return nil, err
	}
	device, err := fields.Declared(root, "counting", "privacy", "firmware")
	if err != nil {
		return nil, err
	}
	return judgeFields(names, device), nil
}

// judgeFields holds the names of fields, and all names in the source of the device, against the lists.
func judgeFields(names, device []string) []claim.Result {
	f := fields.Judge(names)
	attributes := fields.Holding(device, fields.Attributes())
	return []claim.Result{
		{
			Promises: []int{1, 25, 59, 61}, Name: "Fields of messages and keys, against a closed list",
			Measured: "each field of records, tallies, receipts, orders and the page's state, each key of a configuration and of record.cddl, against a closed list with a word on each",
			Figure: fmt.Sprintf("%d of %d fields are on the list; not on it: %s; on it and gone: %s",
				f.Names-len(f.Unlisted), f.Names, none(f.Unlisted), none(f.Gone)),
			Verdict: claim.Judge(f.Names > 0 && len(f.Unlisted)+len(f.Gone) == 0), Why: "every field is to be on the list, and the list to hold no other",
			Command: command(nameFields),
		}, {
			Promises: []int{25, 59, 61, 86}, Name: "Fields for stays, paths, speed, age, sex and the like",
			Measured: fmt.Sprintf("words such as dwell, path, speed, height, age, gender, group, face, fever or id in these fields and keys, %d words; %d fields of the camera, the clock and the installer are excused by name",
				len(fields.Forbidden()), len(fields.Excused())),
			Figure:  fmt.Sprintf("%d of %d fields have such a word: %s; excuses for nothing: %s", len(f.Named), f.Names, none(f.Named), none(f.Idle)),
			Verdict: claim.Judge(f.Names > 0 && len(f.Named)+len(f.Idle) == 0), Why: "no field is to hold one",
			Command: command(nameFields),
		}, {
			Promises: []int{59, 61, 86}, Name: "Words for what people look like, in the source",
			Measured: fmt.Sprintf("names in the source of counting, privacy and firmware that hold a word for what people are or look like, %d words", len(fields.Attributes())),
			Figure:   fmt.Sprintf("%d of %d names: %s", len(attributes), len(device), none(attributes)),
			Verdict:  claim.Judge(len(device) > 0 && len(attributes) == 0), Why: "no name is to hold one: counting tells people from floor, never one from another",
			Command: command(nameFields),
		},
	}
}

// none lists what there is.
func none(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// mask looks whether a scene can say which part of the picture is not to be looked at.
func mask(scene reflect.Type) claim.Result {
	r := claim.Result{
		Promises: []int{84}, Name: "A mask for what lies beside the door", Verdict: claim.NotShown, Command: command(nameMask),
		Measured: "that pixels outside the doorway cannot change the output",
		Why:      "there is no mask yet: what lies beside the door is wiped with the frame, but it is looked at",
	}
	for _, f := range fields.Walk(scene) {
		for _, word := range fields.Split(f) {
			if word == "mask" {
				r.Why = "a scene has a mask now (" + f + "), and nobody has written the check that it works"
			}
		}
	}
	return r
}
