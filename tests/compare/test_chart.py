import unittest
import xml.etree.ElementTree as ElementTree

import example
from report import chart

SVG = "{http://www.w3.org/2000/svg}"


class Chart(unittest.TestCase):
    def drawn(self, results, loads):
        root = ElementTree.fromstring(chart.svg(results, loads))
        return ([rect for rect in root.iter(f"{SVG}rect") if rect.get("x")],
                [text.text for text in root.iter(f"{SVG}text")])

    def test_bars_are_as_long_as_their_values(self):
        results = example.results("ours", "theirs")
        results.add("ours", example.PRODUCE, example.sample(rate=1000))
        results.add("theirs", example.PRODUCE, example.sample(rate=500))
        bars, texts = self.drawn(results, [example.PRODUCE])
        longer, shorter = (int(bar.get("width")) for bar in bars)
        self.assertAlmostEqual(longer / shorter, 2, delta=0.01)
        self.assertIn("1,000", texts)

    def test_names_are_escaped(self):
        results = example.results("a < b & c")
        results.add("a < b & c", example.PRODUCE, example.sample())
        self.assertIn("a < b & c", self.drawn(results, [example.PRODUCE])[1])

    def test_a_load_without_figures_has_no_panel(self):
        bars, texts = self.drawn(example.results("ours"), [example.PRODUCE])
        self.assertEqual((bars, texts), ([], []))

    def test_latency_shows_p99(self):
        results = example.results("ours")
        results.add("ours", example.LATENCY, example.sample(p99=7.5))
        self.assertIn("7.50", self.drawn(results, [example.LATENCY])[1])


if __name__ == "__main__":
    unittest.main()
