"""Sends the requests of radiant_mlhub 0.2.2 and 0.5.5 to a hub, header by header, with nothing but Python's standard library.

    python3 python_client.py VERSION ROOT_URL API_KEY DIRECTORY

Read from the sources of both versions: session.py, client.py and, in 0.5.5, client/*.py. requests.Session sends the headers that are here, in this order.
Prints what it found as JSON.
"""
import http.client
import json
import pathlib
import platform
import sys
import tarfile
import urllib.parse

VERSION, ROOT, KEY, DIRECTORY = sys.argv[1:]
CHUNK = 5000000 if VERSION == '0.2.2' else 1024


class Response:
    def __init__(self, url, answer):
        self.url, self.status, self.headers, self.content = url, answer.status, answer.headers, answer.read()

    def json(self):
        return json.loads(self.content)


def send(method, url, headers):
    """One request, and the redirects that requests.Session follows: with the same headers, and a HEAD stays a HEAD."""
    for _ in range(30):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.putrequest(method, parts.path + ('?' + parts.query if parts.query else ''), skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        response = Response(url, connection.getresponse())
        connection.close()
        if response.status not in (301, 302, 303, 307, 308):
            return response
        url = urllib.parse.urljoin(url, response.headers['location'])
    raise RuntimeError('too many redirects')


def session(method, url, params=(), headers=()):
    """Session.request: the key is added to every address, also to one that has it already, and to that of the storage."""
    if not urllib.parse.urlsplit(url).scheme:
        root = urllib.parse.urlsplit(ROOT)
        given = urllib.parse.urlsplit(url)
        url = urllib.parse.SplitResult(root.scheme, root.netloc, urllib.parse.urljoin(root.path, given.path.lstrip('/')), given.query, given.fragment).geturl()
    parts = urllib.parse.urlsplit(url)
    query = '&'.join(filter(None, [parts.query, urllib.parse.urlencode([('key', KEY), *params], doseq=True)]))
    response = send(method, parts._replace(query=query).geturl(), [
        ('User-Agent', f'radiant_mlhub/{VERSION} ({platform.version()})'),
        ('Accept-Encoding', 'gzip, deflate'),
        ('Accept', 'application/json'),
        ('Connection', 'keep-alive'),
        *headers,
    ])
    if response.status >= 400:
        raise RuntimeError(f'{method} {url}: {response.status}')
    return response


def paginate(url, params=()):
    while url is not None:
        page = session('GET', url, params).json()
        yield page
        url = next((link['href'] for link in page.get('links', []) if link['rel'] == 'next'), None)


def items(collection, page_size=None, extensions=None):
    params = ([('limit', page_size)] if page_size is not None else []) + ([('extensions', extensions)] if extensions is not None else [])
    return [item['id'] for page in paginate(f'collections/{collection}/items', params) for item in page['features']]


def download_022(url, path):
    """client._download: a HEAD, then ranges from the end of the file that is there. The last range may end one byte after the file."""
    head = session('HEAD', url)
    length, start = int(head.headers['Content-Length']), path.stat().st_size if path.exists() else 0
    assert urllib.parse.urlsplit(head.url).path.rsplit('/', 1)[1] == path.name
    with path.open('ab') as target:
        while start < length:
            end = min(start + CHUNK - 1, length)
            target.write(session('GET', head.url, headers=[('Range', f'bytes={start}-{end}')]).content)
            start += CHUNK


def download_055(url, path):
    """client/resumable_downloader.py: a HEAD if there is a file, then one range to the end."""
    position = path.stat().st_size if path.exists() else 0
    if position > 0:
        length = int(session('HEAD', url).headers['content-length'])
        assert position <= length
        if position == length:
            return
    response = session('GET', url, headers=[('x-ms-version', '2021-06-08')] + ([('range', f'bytes={position}-')] if position > 0 else []))
    assert 'bytes' in response.headers.get('accept-ranges', '')
    assert position == 0 or (response.status == 206 and int(response.headers['content-range'].split('/')[1]) > position)
    with path.open('ab') as target:
        target.write(response.content)


def download(url, name, cut):
    """Whole, or resumed from a part that is there."""
    path = pathlib.Path(DIRECTORY) / name
    fetch = download_022 if VERSION == '0.2.2' else download_055
    fetch(url, path)
    if cut:
        with path.open('r+b') as file:
            file.truncate(cut)
        fetch(url, path)
    return path


found = {'datasets': {}, 'archives': {}, 'filtered': {}}
for dataset in session('GET', 'datasets').json():
    # models.Dataset of 0.2.2 and 0.5.5 needs these.
    one = session('GET', f"datasets/{dataset['id']}").json()
    for field in ('id', 'title', 'collections', 'registry', 'doi', 'citation'):
        assert field in one, field
    if VERSION != '0.2.2' and one['doi']:
        assert session('GET', f"datasets/doi/{one['doi']}").json()['id'] == dataset['id']
    found['datasets'][dataset['id']] = {}
    for collection in one['collections']:
        document = session('GET', f"collections/{collection['id']}").json()
        assert document['id'] == collection['id'] and document['extent'] and document['links']
        ids = items(collection['id'])
        assert ids == items(collection['id'], page_size=7)
        assert ids == [] or session('GET', f"collections/{collection['id']}/items/{ids[0]}").json()['id'] == ids[0]
        found['datasets'][dataset['id']][collection['id']] = ids
        found['filtered'][collection['id']] = items(collection['id'], extensions=['label'])
        info = session('GET', f"archive/{collection['id']}/info").json()
        path = download(f"archive/{collection['id']}", f"{collection['id']}.tar.gz", cut=info['size'] // 3)
        found['archives'][collection['id']] = [info['dataset'], info['size'], path.stat().st_size, str(path)]
    if VERSION != '0.2.2':
        info = session('GET', f"catalog/{dataset['id']}/info").json()
        path = download(f"catalog/{dataset['id']}", f"{dataset['id']}-catalog.tar.gz", cut=100)
        assert path.stat().st_size == info['stac_catalog_size'] and info['estimated_dataset_size'] > 0
        with tarfile.open(path) as catalog:
            names = catalog.getnames()
        assert f"{dataset['id']}/catalog.json" in names
        for collection, ids in found['datasets'][dataset['id']].items():
            assert f"{dataset['id']}/{collection}/collection.json" in names
            assert all(f"{dataset['id']}/{collection}/{item}/{item}.json" in names for item in ids)
found['tags'] = [dataset['id'] for dataset in session('GET', 'datasets', [('tags', ['crop type']), ('text', ['kenya'])]).json()]
found['collections'] = [collection['id'] for collection in session('GET', 'collections').json()['collections']]
print(json.dumps(found))
