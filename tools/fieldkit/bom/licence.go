package bom

import "strings"

// Licence names the licence of a text by its SPDX identifier, as far as it is sure, or "" otherwise. It
// knows the words that each licence cannot be without; whoever must be sure reads the text.
func Licence(text []byte) string {
	s := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
	has := func(words ...string) bool {
		for _, w := range words {
			if !strings.Contains(s, w) {
				return false
			}
		}
		return true
	}
	switch {
	case has("apache license", "version 2.0"), has("apache.org/licenses/license-2.0"):
		return "Apache-2.0"
	case has("eclipse public license - v 2.0"):
		return "EPL-2.0"
	case has("mozilla public license", "2.0"):
		return "MPL-2.0"
	case has("gnu lesser general public license"), has("gnu library general public license"), has("gnu affero"):
		return ""
	case has("gnu general public license", "version 2, june 1991"):
		return "GPL-2.0-only"
	case has("redistribution and use in source and binary forms", "neither the name"),
		has("redistribution and use in source and binary forms", "used to endorse or promote"):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("permission to use, copy, modify, and/or distribute this software"),
		has("permission to use, copy, modify, and distribute this software"):
		return "ISC"
	case has("permission is hereby granted, free of charge", "the above copyright notice and this permission notice"):
		return "MIT"
	case has("this is free and unencumbered software released into the public domain"):
		return "Unlicense"
	}
	return ""
}
