import Testing

@testable import NephioBridge

@Suite struct RepositoriesFileTests {
    @Test("entries are read as they are written")
    func entries() throws {
        let file = try RepositoriesFile(
            """
            repositories:
              - name: edge
                url: https://git.example.org/edge.git
                clusters: [edge-*, far-edge-7]
                branch: release/5g
                tokenFile: /run/secrets/edge
              - {name: west, url: /srv/west.git, clusters: ["*west"]}
            """)
        #expect(file.entries.map(\.name) == ["edge", "west"])
        #expect(file.entries[0].clusters == ["edge-*", "far-edge-7"] && file.entries[0].branch == "release/5g")
        #expect(file.entries[0].isRemote && !file.entries[1].isRemote)
    }

    @Test(
        "what is not right is named",
        arguments: [
            ("", "a list 'repositories' is expected"),
            ("- a", "a list 'repositories' is expected"),
            ("repositories: [{name: preview, url: /a, clusters: [x]}]", "repositories[0]: the name preview is taken"),
            ("repositories: []", "1 to 100 repositories are expected"),
            ("repositories: 7", "repositories is of another type than expected"),
            ("repos: []", "'repos' is not known"),
            ("repositories: [{name: a, clusters: [x]}]", "repositories[0].url is missing"),
            ("repositories: [{name: a, url: /a, clusters: [x], password: y}]", "repositories[0]: 'password' is not known"),
            ("repositories: [{name: A_, url: /a, clusters: [x]}]", "repositories[0]: name must be a DNS label"),
            ("repositories: [{name: main, url: /a, clusters: [x]}]", "repositories[0]: the name main is taken"),
            ("repositories: [{name: a, url: /a, clusters: [x]}, {name: a, url: /b, clusters: [y]}]", "repositories[1]: the name a is taken"),
            ("repositories: [{name: a, url: /a, clusters: [x]}, {name: b, url: /b, clusters: [x]}]", "repositories[1]: the clusters x are those of a already"),
            ("repositories: [{name: a, url: --upload-pack=x, clusters: [x]}]", "repositories[0]: url must be a directory or a URL"),
            ("repositories: [{name: a, url: /a, clusters: []}]", "repositories[0]: clusters names none"),
            ("repositories: [{name: a, url: /a, clusters: [../x]}]", "repositories[0]: '../x' is no name of a cluster, nor a pattern of some"),
            ("repositories: [{name: a, url: /a, clusters: [x], branch: --all}]", "repositories[0]: '--all' is no name of a branch"),
            ("repositories: [{name: a, url: /a, clusters: [x], branch: a..b}]", "repositories[0]: 'a..b' is no name of a branch"),
            ("repositories: [", "it is not YAML"),
        ])
    func faults(text: String, said: String) {
        #expect {
            try RepositoriesFile(text)
        } throws: { error in
            "\(error)".hasPrefix(said)
        }
    }

    @Test(
        "a token goes to the server that it was given for, and to no other",
        arguments: [
            ("https://git.example.org/a.git", "https://GIT.example.org/b.git", true),
            ("https://user:secret@git.example.org/a.git", "https://git.example.org/b.git", true),
            ("https://git.example.org/a.git", "https://other:theirs@evil.example.org/b.git", false),
            ("https://git.example.org/a.git", "https://git.example.org:8443/b.git", false),
            ("https://git.example.org/a.git", "http://git.example.org/b.git", false),
            ("https://git.example.org/a.git", "https://git.example.org.evil/b.git", false),
            ("https://git.example.org/a.git", "https://git.example.org@evil/b.git", false),
            ("git@git.example.org:a.git", "ssh://git@git.example.org/b.git", true),
            ("git@git.example.org:a.git", "git@evil:b.git", false),
        ])
    func origins(one: String, other: String, isSame: Bool) {
        #expect((GitOrigin(one) == GitOrigin(other)) == isSame)
        let entry = RepositoriesFile.Entry(name: "other", url: other, clusters: ["*"])
        #expect(RepositorySettings.credential(of: entry, main: one, .token("mine")).secret == (isSame ? "mine" : nil))
    }

    @Test("a URL that brings credentials keeps them")
    func embedded() {
        let entry = RepositoriesFile.Entry(name: "other", url: "https://user:own@git.example.org/b.git", clusters: ["*"])
        #expect(RepositorySettings.credential(of: entry, main: "https://git.example.org/a.git", .token("mine")).secret == nil)
    }

    @Test("directories have no server")
    func directories() { #expect(GitOrigin("/srv/gitops.git") == nil && GitOrigin("gitops.git") == nil) }
}
