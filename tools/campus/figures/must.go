package figures

// Must is a bound that a figure has to keep.
type Must struct {
	Name  string
	Value float64
	Limit float64
	Least bool    // the limit is the least; otherwise it is the most
	Error float64 // standard error of the value, 0 where it is not a sample of luck
	Share bool    // shares of 1; otherwise persons or crossings
}

// Met says whether the bound is kept; that much of the error, in standard errors, is forgiven. On a
// full campus nothing is: 0.
func (m Must) Met(forgiven float64) bool {
	if m.Least {
		return m.Value+forgiven*m.Error >= m.Limit
	}
	return m.Value-forgiven*m.Error <= m.Limit
}

// Musts are what the rule of the device must reach with one door or doors that are summed, and what
// the attackers must reach with raw counts to be believed at all.
func (f *Figures) Musts() []Must {
	o, r := f.Row(Ours), f.Row(Raw)
	return []Must{
		most("advantage of the best threshold", o.Threshold.Value(), 0.01, o.Threshold.Error()),
		most("advantage of boosted trees", o.Boosted.Value(), 0.03, o.Boosted.Error()),
		most("a visit alone shows within an hour, all else known", o.Lone.Hour, 0.01, o.Lone.Error),
		most("a visit alone shows within a day, all else known", o.Lone.Day, 0.01, o.Lone.Error),
		persons("occupancy, mean error while open", o.Use.Open.Mean, 2),
		persons("occupancy, 95 % error while open", float64(o.Use.Open.P95), 5),
		persons("occupancy, mean error while somebody is inside", o.Use.Occupied.Mean, 2),
		persons("occupancy, 95 % error while somebody is inside", float64(o.Use.Occupied.P95), 5),
		least("days of used rooms shown used", o.Use.UsedDays, 0.99),
		least("intervals of used rooms shown used", o.Use.Used, 0.99),
		persons("crossings lost or invented", float64(o.Lost+f.Alone.Lost), 0),
		least("attackers: threshold on raw counts", r.Threshold.Value(), 0.60),
		least("attackers: boosted trees on raw counts", r.Boosted.Value(), 0.80),
		least("attackers: all else known, raw counts", r.Lone.Hour, 1),
	}
}

func most(name string, value, limit, err float64) Must {
	return Must{Name: name, Value: value, Limit: limit, Error: err, Share: true}
}

func least(name string, value, limit float64) Must {
	return Must{Name: name, Value: value, Limit: limit, Least: true, Share: true}
}

func persons(name string, value, limit float64) Must {
	return Must{Name: name, Value: value, Limit: limit}
}

// Missed are the bounds that are not kept; see Met.
func (f *Figures) Missed(forgiven float64) (missed []Must) {
	for _, m := range f.Musts() {
		if !m.Met(forgiven) {
			missed = append(missed, m)
		}
	}
	return missed
}
