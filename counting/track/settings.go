package track

import "time"

// Settings are the few numbers tracking depends on, the same for every camera. Lengths are in 1/256
// of the side of a person (450 mm), areas in 1/256 of a person's area, times are pipeline time.
type Settings struct {
	Reach    int           // a cell belongs to the nearest track within this
	Core     int           // cells within this of the centre say where the track is
	Hold     int           // area in the core that keeps a track seen
	Birth    int           // unexplained area in one person's square that starts a track
	Apart    int           // a new track is at least this far from others
	Head     int           // area of a head: so much may start one, if a body is under it that looks like shadow,
	Round    int           // within this to every side of its middle,
	Beside   int           // at least this far from others
	Cast     int           // nearer than this to another, it must not look like its shadow:
	Dim      int           // more than this share of its cells dark as a shadow, 1/256
	Merge    int           // two tracks nearer than this,
	MergeOf  int           // with less area together than this, are one person
	Bodies   int           // and so are two that walk nearer to each other than this on average,
	BodiesOf int           // with less area together than this,
	Window   time.Duration // for this long,
	Recall   time.Duration // what was longer ago counts less,
	Walk     int           // when faster than this a second
	Edge     int           // and farther than this from the edges of the picture
	Arm      int           // two tracks this near go together
	InLine   int           // squared cosine, 1/256, from which one of them goes behind the other
	Behind   int           // the same as a mean, from which they may be a person and a cart,
	Load     int           // if they have this area together at least,
	Shaft    int           // are this far apart at most
	Sway     int           // and that distance hardly varies: standard deviation at most this,
	Rigid    time.Duration // for this long
	Coast    time.Duration // how long a track lives unseen
	Gain     int           // share of the surprise that goes into the velocity, 1/256
	Moved    int           // a track that went this far is a walking person
	Pale     int           // a track looks like a shadow from this share of its cells on, 1/256
	Shield   int           // cells within this of it are not learnt as background
	Wide     int           // or within this, if it looks like a shadow
	Protect  time.Duration // and stays one this long without moving as far again
}

// Defaults are the settings of every device.
func Defaults() Settings {
	return Settings{
		Reach: 243, Core: 166, Hold: 38, Birth: 115, Apart: 192, Head: 25, Round: 64, Beside: 352, Cast: 400, Dim: 220,
		Merge: 165, MergeOf: 460, Bodies: 220, BodiesOf: 500, Window: 500 * time.Millisecond,
		Recall: 2 * time.Second, Walk: 256, Edge: 154,
		Arm: 482, InLine: 192, Behind: 218, Load: 610, Shaft: 397, Sway: 36, Rigid: 320 * time.Millisecond,
		Coast: 350 * time.Millisecond, Gain: 73, Moved: 256, Pale: 32, Shield: 139, Wide: 200, Protect: 30 * time.Second,
	}
}

// Sure is how many hits make a track sure; a younger one dies at its second miss and counts nowhere.
const Sure = 3
