package capability

import (
	"context"
	"strings"

	"tellijn/tools/proof/static/graph"
	"tellijn/tools/proof/static/lists"
)

// Listed gives the capabilities as committed lists hold them, package by package: of both builds of
// the eye, and of counting and privacy. ways has an example for each.
func Listed(ctx context.Context, root string, overlay map[string][]byte) (found lists.Found, ways map[string]string, err error) {
	found, ways = lists.Found{}, map[string]string{}
	for _, tags := range []string{"", "sim"} {
		build := "real"
		if tags != "" {
			build = tags
		}
		list, err := In(ctx, graph.Source{Root: root, Tags: tags, Overlay: overlay}, anything, "./firmware/eye")
		if err != nil {
			return nil, nil, err
		}
		note(list, "eye", build, found, ways)
	}
	err = Parts(ctx, root, overlay, found, ways, "./counting/...", "./privacy/...")
	return found, ways, err
}

// Parts adds what packages of counting and privacy, and what they import, are able to do.
func Parts(ctx context.Context, root string, overlay map[string][]byte, found lists.Found, ways map[string]string, patterns ...string) error {
	list, err := In(ctx, graph.Source{Root: root, Overlay: overlay}, part, patterns...)
	if err != nil {
		return err
	}
	note(list, "parts", "real", found, ways)
	note(list, "parts", "sim", found, ways)
	return nil
}

func anything(string) bool { return true }

// part leaves out the search of memory, which is for tests alone.
func part(path string) bool { return !strings.HasPrefix(path, "tellijn/privacy/privacytest") }

// note adds capabilities.
func note(list []Found, where, build string, found lists.Found, ways map[string]string) {
	for _, f := range list {
		key := where + " | " + f.Name + " | " + f.Package
		found.Add(key, build)
		ways[key] = f.Way
	}
}
