// Package counting turns frames into numbers of people crossing a line. It is pure: no operating
// system, no clock, no randomness, and no heap after New. Its stages are folders, in this order:
//
//	luma -> grid -> foreground -> blob -> track -> crossing -> tally
//
// scene says where the lines are, pipeline joins the stages. Everything that lives for one cycle
// is scratch and wiped at its end; what lives on (the background cells and the tracks) is carry,
// wiped at stop.
package counting

// Every size of the fixed state, with its reason. The whole state stays under 256 KB.
const (
	// MaxCellsX and MaxCellsY bound the grid. A person is at most MaxPerson cells across, so
	// 160 cells show a strip of floor about 6.5 m wide: more than any door.
	MaxCellsX = 160
	MaxCellsY = 120
	// MaxCells is 19,200 cells: 9 bytes of state each is 172,800 bytes.
	MaxCells = MaxCellsX * MaxCellsY

	// MaxPerson is the ceiling on resolution: the side of a person's area, which counts as
	// 450 mm, is at most this many cells, so that a cell is at least 40 mm of floor and the
	// picture at most 25 px/m, the density EN 62676-4 calls "Detect".
	MaxPerson = 11

	// MaxTracks people in view at once: 450 mm squares fill the largest grid with 158, a crush
	// in a 2 m door has about 25. Full means drop and count.
	MaxTracks = 64

	// MaxBlobs candidates a cycle: births are few, more than this is noise.
	MaxBlobs = 8

	// MaxLines and MaxZones in one scene: a wide entrance with lanes has four; twice that.
	MaxLines = 8
	MaxZones = 8
	// MaxCorners of a zone polygon.
	MaxCorners = 12

	// MaxCrossings in one cycle: each track crosses at most one line a cycle, and eight at
	// once is a wall of people. More are counted in the tally all the same.
	MaxCrossings = 16
)
