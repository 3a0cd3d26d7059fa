package canvas

// Shadows are collected first and cast at once, so that two that overlap do not add up.

// ShadeEllipse collects an elliptic shadow. dark is the part of the light it takes, of 255.
func (c *Canvas) ShadeEllipse(at Point, a, b, cos, sin, dark int32) {
	o := newOval(at, a, b, cos, sin)
	y0, y1 := c.rows(at.Y-o.hy, at.Y+o.hy)
	var s [sub]span
	for y := y0; y < y1; y++ {
		o.row(c, y, &s)
		c.darken(y, &s, dark)
	}
}

// ShadePolygon collects a shadow with straight edges.
func (c *Canvas) ShadePolygon(corners []Point, dark int32) {
	top, bottom := tall(corners)
	y0, y1 := c.rows(top, bottom)
	var s [sub]span
	for y := y0; y < y1; y++ {
		ring(corners, y, &s)
		c.darken(y, &s, dark)
	}
}

func (c *Canvas) darken(y int, s *[sub]span, dark int32) {
	x0, a, b, x1 := c.edges(s)
	if x0 >= x1 {
		return
	}
	c.top, c.bottom = min(c.top, y), max(c.bottom, y+1)
	c.left, c.right = min(c.left, x0), max(c.right, x1)
	row := c.shade[y*c.Width : (y+1)*c.Width]
	dark = min(max(dark, 0), 255)
	for x := x0; x < a; x++ {
		row[x] = max(row[x], byte(dark*cover(s, x)>>10))
	}
	for x := b; x < x1; x++ {
		row[x] = max(row[x], byte(dark*cover(s, x)>>10))
	}
	inner, full := row[a:b], byte(dark)
	for x, v := range inner {
		inner[x] = max(v, full)
	}
}

// Cast darkens the luma by the shadows collected, and forgets them.
func (c *Canvas) Cast() {
	if c.top >= c.bottom {
		return
	}
	for y := c.top; y < c.bottom; y++ {
		shade := c.shade[y*c.Width+c.left : y*c.Width+c.right]
		luma := c.Luma[y*c.Width+c.left:][:len(shade)]
		for i, d := range shade {
			luma[i] = byte(uint32(luma[i]) * (256 - uint32(d)) >> 8)
		}
		clear(shade)
	}
	c.none()
}

// none says that no shade is in use.
func (c *Canvas) none() { c.top, c.bottom, c.left, c.right = c.Height, 0, c.Width, 0 }

// Clear wipes the luma and the shadows.
func (c *Canvas) Clear() {
	clear(c.Luma)
	clear(c.shade)
	c.none()
}
