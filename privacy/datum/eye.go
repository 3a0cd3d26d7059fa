package datum

import "fmt"

// Who could see what is in the eye.
const (
	ofEye    = "whoever can read the eye's memory (below)"
	ofSecret = "whoever can read the eye's memory; where the kernel hides it, nobody but the eye and the kernel"
)

// How the two parts of the state end.
const (
	endsCycle = "overwritten at the end of the cycle"
	endsStop  = "overwritten when the eye stops, in order"
)

// Where the two parts of the state live.
const (
	scratch = "eye: scratch"
	carry   = "eye: carry"
)

// eye is what is in the memory of the one program that sees frames.
func eye(s Sizes) Section {
	return Section{
		Title: "In memory, in the eye",
		Data: []Datum{
			{"frame", "eye: the 2 to 4 buffers of the camera's driver", "all pixels that the camera gives",
				fmt.Sprintf("from dequeue to return, some milliseconds; the longest life of each interval is measured and stands in the record; one above %s ends the eye", span(s.MaxLife)),
				ofEye, "the whole buffer is overwritten, before anything is counted", nil},
			{"rows and blocks on the way to cells", scratch, "sums over parts of some rows of the frame; of MJPEG, the mean brightness of blocks of 8 x 8 or 4 x 4 pixels",
				"one cycle", ofEye, endsCycle, reducing()},
			{"codes of MJPEG", scratch, "the Huffman codes of the last frame. Most cameras always send the same; one that fits them to each frame leaves a statistic of it, no place in it",
				"until a frame with others", ofEye, "overwritten by others, or when the eye stops", codes()},
			{"cells", scratch, fmt.Sprintf("brightness of squares of %d mm of floor or more (at most %d a person, at most %d x %d)", s.CellMillimetres, s.Person, s.CellsX, s.CellsY),
				"one cycle", ofEye, endsCycle, []Fields{{"counting/grid.Grid", "Cells"}, {"counting/pipeline.scratch", "grid"}}},
			{"mask, classes, blobs", scratch, "a mark a cell; places of groups; where known people should be", "one cycle", ofEye, endsCycle, []Fields{
				{"counting/foreground.Scratch", "Class Dim Mask Maybe fore solid"}, {"counting/track.Scratch", "Find Free reach sums"},
				{"counting/track.candidate", "dy2 place weight x"}, {"counting/track.sum", "core dim mass x y"},
				{"counting/blob.Finder", "column"}, {"counting/blob.Known", "at at.x at.y n pale"},
				{"counting/pipeline.scratch", "foreground known track"}}},
			{"background", carry, "brightness and its usual deviation, for each cell, of the floor without people; some helper counts and marks a cell",
				"while the eye runs", ofSecret, endsStop, []Fields{
					{"counting/foreground.Carry", "mean deviation ghost still even was cycles since usual hold"}, {"counting/pipeline.carry", "model protected"}}},
			{"light before a shadow", carry, "brightness of a cell before a shadow fell on it, or that something keeps that stands there",
				fmt.Sprintf("for a shadow, used for %s at most", span(s.Forget)), ofSecret, "overwritten by the next value of the cell, or when the eye stops", []Fields{{"counting/foreground.Carry", "rest"}}},
			{"shares of shadow", carry, fmt.Sprintf("how often cells of late were evenly darkened by each ratio, %d numbers for the whole view", s.Ratios),
				"while the eye runs", ofSecret, endsStop, []Fields{{"counting/foreground.Carry", "dims"}}},
			{"tracks", carry, fmt.Sprintf("place, speed, age, whether it looks like a shadow, how it keeps to the one who goes along (sums in which more than about %s ago hardly weighs), of up to %d people in view; no number that lasts, nothing else of how anybody looks",
				span(s.Along), s.Tracks),
				fmt.Sprintf("while somebody is in view, and up to %s after", span(s.Coast)), ofSecret,
				"each, when it ends, is free to be overwritten by the next; all when the eye stops", []Fields{
					{"counting/track.Table", "Tracks Live Born Ended Merged Covered Full"},
					{"counting/track.Track", "X Y VX VY Hits Miss Mass Mate With Into px py ax ay anchored near walks doubt pale"},
					{"counting/track.company", "ahead bulk gap gap2 seen"}, {"counting/pipeline.carry", "tracks"}}},
			{"sides of lines", carry, fmt.Sprintf("on which side of each line each track is, how far, and at which frame it came over, for up to %d lines", s.Lines),
				"as long as its track", ofSecret, "by the next track in its place; all when the eye stops", []Fields{
					{"counting/crossing.Counter", "states"}, {"counting/crossing.state", "side pending to far last onLine done"}, {"counting/pipeline.carry", "counter"}}},
			{"crossings", carry, "line, direction and frame number of who has just crossed", "until the next cycle", ofSecret,
				"the next cycle writes over them; all when the eye stops", []Fields{
					{"counting/crossing.Counter", "found count Full"}, {"counting/crossing.Crossing", "Line Forward Frame"}}},
			{"counters of the beat", carry, fmt.Sprintf("crossings a line and direction, people in each of up to %d zones, drops, lifetimes; how often frames lived how long, since the start", s.Zones),
				fmt.Sprintf("one beat, %s at most; lifetimes while the eye runs", span(s.MaxBeat)), ofSecret, "with the next beat", []Fields{
					{"counting/pipeline.carry", "tally lifetimes last started crowd"}, {"counting/tally.Lifetimes", "steps total"}}},
			{"measures of the view", "eye", "lengths, durations and rates in cells and cycles, worked out once from the orders and from what the camera offers; nothing of a frame",
				"while the eye runs", ofEye, endsStop, measures()},
		},
		After: []string{
			"**Scratch** is memory outside the heap of Go, kept in main memory, out of core files and away from forked processes. **Carry** is memory that the kernel " +
				"hides from everybody else (`memfd_secret`); where a kernel has none it is memory as scratch is. Each tally says which of these protections hold " +
				"(`privacy/layers`), and `hal/memory` why one does not.",
			"**Who can read the eye's memory**: the kernel, a hostile one too; the administrator of the machine, other than what the kernel hides; and, on a computer where " +
				"the eye could not be locked in, programs of the same user. Nobody can ask the eye for it: it takes no requests.",
			"While a stage computes, single values pass through registers and the stack of the eye: a byte of a frame, a word of marks, the place of a track. Pixels are read in place, one after " +
				"the other, and never copied in bulk.",
			"The background and the tracks are the two that live on, so their limits are named:",
			fmt.Sprintf(`- **The background begins with what is there.** Its first value is the first frame's cells, and so it is after a jump of the light. Somebody who stands in view at that moment
  is in it, as cells, until they walk off and the hole they leave is recognised and cleared, usually within a second of that, or until the slow learning has covered it.
- **Somebody who stands still leaks into it slowly.** Under a person the background moves towards what it sees there, with a time constant of %s. Cells that stay unchanged for %s and belong to no
  track are taken over, and evenly dark ones near no known person as a shadow, with a time constant of %s: a dark coat that nobody knows to be one leaks faster. Under people who were
  seen to walk, nothing evenly dark is learnt. It goes the other way as slowly when the person has gone.
- **It is a picture of the empty floor in squares of %d mm or more.** A person in it is a grey shape of at most %d squares across. It is never sent, never written, never shown, and no
  program has a way to ask for it.
- **A crash is not an orderly stop.** A killed eye wipes nothing by itself. Then its memory is as the operating system leaves it until somebody uses it again. (A board will clear freed
  memory by a setting of the kernel; none is built yet.)
- Frames also pass through memory that is not ours: the camera's own processor, the USB stack, the kernel's driver before it hands a buffer over.`,
				span(s.Hide), span(s.Still), span(s.Dim), s.CellMillimetres, s.Person),
		},
	}
}

// reducing holds what lives while a frame becomes cells.
func reducing() []Fields {
	return []Fields{
		{"counting/grid.Grid", "band decoder rows sums"}, {"counting/grid.weighted", "cy h inverse row step sum w y"}, {"counting/luma.Sums", "lanes"},
		{"counting/luma/mjpeg.Band", "Units Width"}, {"counting/luma/mjpeg.Decoder", "frame"}, {"counting/luma/mjpeg.component", "h id quant v"},
		{"counting/luma/mjpeg.frame", "chroma columns comp comps dc height left lows luma marker mcus open place quant restart rows scale weight width wild"},
		{"counting/luma/mjpeg/scan.Place", "acc n pad pos"},
	}
}

// codes outlast a frame; see Wipe of counting/luma/mjpeg.
func codes() []Fields {
	return []Fields{
		{"counting/luma/mjpeg.Decoder", "tables"}, {"counting/luma/mjpeg/huffman.Tables", "Chroma Low Luma Skip any built codes given"},
		{"counting/luma/mjpeg/huffman.Choice", "Comps Near Pairs"}, {"counting/luma/mjpeg/huffman.Pair", "AC DC"},
		{"counting/luma/mjpeg/huffman.code", "limit offset size spec"},
	}
}

// measures hold nothing of a frame.
func measures() []Fields {
	return []Fields{
		{"counting/pipeline.Pipeline", "carry plan scene scratch"}, {"counting/pipeline.carry", "lone"},
		{"counting/grid.Grid", "format layout plan"}, {"counting/grid.Plan", "H Person Scale SpanX SpanY Step W"}, {"counting/luma.Layout", "Offset Pitch"},
		{"hal/camera.Format", "Height Interval Pixel Stride Width"}, {"counting/blob.Lone", "body half least most near solid"},
		{"counting/crossing.Counter", "along band deep lines lost margin n recent travel"}, {"counting/crossing.line", "ax ay dx dy length"},
		{"counting/foreground.Model", "dim dimFast forget ghostFor h hide hideFast holdFor learn learnFast s second settle start stillFor stillStep w"},
		{"counting/foreground.pace", "over owed shift"},
		{"counting/foreground.Settings", "Agree Dark Deep Dim Even Fill Forget Ghost Grow Hide Hold Jump Learn Least Light Peak Proof Relight Settle Start Still Wide"},
		{"counting/track.Table", "area coast core2 h person protect reach2 recall rigid s w walk2 window"},
		{"counting/track.Settings", "Apart Arm Behind Beside Birth Bodies BodiesOf Cast Coast Core Dim Edge Gain Head Hold InLine Load Merge MergeOf Moved Pale Protect Reach Recall Rigid Round Shaft Shield Sway Walk Wide Window"},
	}
}
