import IntentModel

extension SizingPlan {
    mutating func planImage() {
        if let target = self.target("image") {
            guard let text = target.value.text, let parts = ImageReference.parts(of: text) else {
                self.ask("image", "“\(target.value)” is not an image reference. Which image shall \(self.called) run?")
                return
            }
            guard parts.digest != nil || parts.tag.map(ImageReference.isPinnedTag) == true else {
                self.ask("image", "“\(text)” does not fix a version. Which tag or digest shall \(self.called) run?")
                return
            }
            self.wanted.image = text
            self.said("image", text, target)
        } else if let target = self.target("version"), self.expectation.verb != .rollback {
            let text = target.value.description
            guard ImageReference.isPinnedTag(text) else {
                self.ask("version", "“\(text)” does not fix a version of the image. Which version shall \(self.called) run?")
                return
            }
            guard let image = self.wanted.image, let parts = ImageReference.parts(of: image) else { return }
            self.wanted.image = "\(parts.repository):\(text)"
            self.said("image", "\(parts.repository):\(text)", target)
        } else if self.isNew, let image = self.wanted.image {
            let reason = self.entry.code == FunctionEntry.customCode ? "no image was said; a stand-in that answers HTTP" : "the catalogue's image"
            self.figure("image", image, .default, reason)
        }
    }
}
