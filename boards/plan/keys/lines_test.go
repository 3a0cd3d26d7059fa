package keys

import "testing"

func TestLine(t *testing.T) {
	const text = `# line = 1
device = "a"
[scene]
person_area = 1
"line" = []   # not the table
  [[scene.line]]
from = 1
to = 2
[[ scene.line ]]
from = 3
[broken
[camera]
fps = 1
`
	for key, want := range map[string]int{
		"device": 2, "scene": 3, "scene.person_area": 4, "scene.line[0].from": 7, "scene.line[0].to": 8,
		"scene.line[1].from": 10, "scene.line[1].to": 9, "scene.line.to": 8, "camera.fps": 13, "camera.width": 12,
		"nothing": 1, "scene.zone[3].corners": 3,
	} {
		if got := Line(text, key); got != want {
			t.Errorf("%s: line %d, want %d", key, got, want)
		}
	}
}
