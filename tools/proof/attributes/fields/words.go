package fields

import (
	"slices"
	"strings"
	"unicode"
)

// Forbidden are words that no field and no key may hold: what could say something about a person, or
// follow one. They are compared word by word, so that a lifetime of frames is no time of a person.
func Forbidden() []string {
	return append(Attributes(), strings.Fields(`
		speed pace velocity height stature length weight size dwell stay path trail trajectory route track tracks
		heat map group groups pair pairs companion person people visitor age id uid uuid identity identifier
		mac imei bluetooth wifi phone badge card plate vector feature features descriptor hash
		colour color brightness texture photo fingerprint`)...)
}

// Attributes are words for what people are or look like. No code of the device may use them at all.
func Attributes() []string {
	return strings.Fields(`gender sex male female man woman men women adult adults teenager infant elderly
		staff employee cleaner porter student teacher pupil guest religion religious ethnic ethnicity skin hair
		beard face faces facial iris gait pose posture emotion mood smile clothes clothing shirt coat backpack
		wheelchair disability pregnant fever temperature heatmap embedding biometric reid
		reidentify reidentification`)
}

// Excused are fields that hold a forbidden word and yet say nothing about a person, with the reason.
func Excused() map[string]string {
	return map[string]string{
		"record.Record.Camera.Height":    "of the camera's frames, in pixels",
		"wire.Message.Stream.Height":     "of the camera's frames, in pixels",
		"orders.Orders.Wanted.Height":    "of the camera's frames, in pixels",
		"boards/plan.Camera.height":      "of the camera's frames, in pixels",
		"boards/plan.Camera.path":        "of the camera's device file",
		"orders.Orders.Speed":            "of a pretended clock",
		"boards.file.speed":              "of a pretended clock",
		"orders.Orders.Scene.PersonArea": "one number for everybody, from the installer, never measured",
		"boards/plan.Scene.person_area":  "one number for everybody, from the installer, never measured",
	}
}

// Split gives the words of the last part of a name, in lower case: "person_area" and "PersonArea"
// have two.
func Split(name string) (words []string) {
	word := ""
	end := func() {
		if word != "" {
			words = append(words, strings.ToLower(word))
		}
		word = ""
	}
	runes := []rune(name)
	for i, c := range runes {
		switch {
		case !unicode.IsLetter(c):
			end()
			continue
		case unicode.IsUpper(c) && (i > 0 && unicode.IsLower(runes[i-1]) ||
			i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word += string(c)
	}
	end()
	return words
}

// Holding gives the names that hold one of the words in any part after the first, which is the type
// or the folder.
func Holding(names, words []string) (found []string) {
	for _, n := range names {
		_, tail, _ := strings.Cut(n, ".")
		if slices.ContainsFunc(Split(tail), func(w string) bool { return slices.Contains(words, w) }) {
			found = append(found, n)
		}
	}
	return found
}
