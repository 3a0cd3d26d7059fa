package main

import (
	"tellijn/tools/faults/kinds"
	"tellijn/tools/faults/site"
)

// stage is one on which nothing runs.
func stage() *kinds.Stage {
	return &kinds.Stage{Site: &site.Site{Devices: []*site.Device{{Name: "north", Room: true}, {Name: "south", Room: true}, {Name: "gate"}}}}
}
